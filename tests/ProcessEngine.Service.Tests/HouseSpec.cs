using System.Text.RegularExpressions;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>Sources that can be read: no file without end, no line beyond the window.</summary>
public sealed class HouseSpec
{
    const int MaxLines = 400;
    const int MaxColumns = 140;

    static IEnumerable<(string Path, string[] Lines)> Sources()
    {
        return from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
               where Path.GetExtension(file) is ".cs" or ".cshtml"
               let path = Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')
               where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
               select (path, File.ReadAllLines(file));
    }

    [Test]
    public void The_sources_are_found() => Sources().Count().ShouldBeGreaterThan(100);

    [Test]
    public void No_file_has_more_than_400_lines() =>
        Sources().Where(s => s.Lines.Length > MaxLines).Select(s => $"{s.Path}: {s.Lines.Length} lines").ShouldBeEmpty();

    [Test]
    public void A_step_that_is_quoted_in_a_Thai_sentence_is_followed_by_a_blank()
    {
        var stuck = from source in Sources()
                    from line in source.Lines.Index()
                    where Regex.IsMatch(line.Item, @"\{(Task|Step|Of|StepName|PlainHistory\.StepName)\([^{}]*\)\}[\u0E00-\u0E7F]")
                    select $"{source.Path}:{line.Index + 1}";
        stuck.ShouldBeEmpty();
    }

    [Test]
    public void No_line_is_longer_than_140_columns()
    {
        var longer = from source in Sources()
                     where source.Path.EndsWith(".cs", StringComparison.Ordinal)
                     from line in source.Lines.Index()
                     where line.Item.Length > MaxColumns
                     select $"{source.Path}:{line.Index + 1}: {line.Item.Length} columns";
        longer.ShouldBeEmpty();
    }
}
