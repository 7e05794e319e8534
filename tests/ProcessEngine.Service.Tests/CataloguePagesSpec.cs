using System.Xml.Linq;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests;

/// <summary>The catalogue for people in docs/, and the flow charts in it.</summary>
public sealed class CataloguePagesSpec
{
    static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Test]
    public void The_pages_are_those_of_the_definitions()
    {
        var docs = Path.Combine(CatalogueFiles.Root, "docs");
        var pages = CataloguePages.Of([.. CatalogueFiles.All.Select(p => p.File)]);
        var written = Directory.EnumerateFiles(Path.Combine(docs, "catalogue")).Select(path => "catalogue/" + Path.GetFileName(path))
            .Append("catalogue.md");
        var outdated = pages.Keys.Union(written).Where(
            file => !pages.TryGetValue(file, out var text) || !File.Exists(Path.Combine(docs, file))
                || File.ReadAllText(Path.Combine(docs, file)) != text);
        outdated.ShouldBeEmpty("Write them again: dotnet run --project src/ProcessEngine.Service -- catalogue docs");
    }

    static FlowPictureOf Picture(string key, IReadOnlyDictionary<string, FlowMark>? marks = null)
    {
        var procedure = CatalogueFiles.Find(key);
        var layout = ElsaLayoutReader.Read(procedure.File.Content);
        return new(
            procedure.Definition, layout, XDocument.Parse(FlowPicture.Draw(procedure.Definition, layout, OfficeKind.Primary, marks)));
    }

    sealed record FlowPictureOf(ProcessDefinition Definition, FlowLayout Layout, XDocument Xml)
    {
        public IEnumerable<XElement> OfKind(string kind) =>
            Xml.Descendants().Where(e => ((string?)e.Attribute("class") ?? "").Split(' ').Contains(kind));
    }

    [TestCaseSource(typeof(CatalogueFiles), nameof(CatalogueFiles.Keys))]
    public void A_picture_shows_every_box_and_every_arrow_with_loops_and_inferred_ones_apart(string key)
    {
        var picture = Picture(key);
        picture.OfKind("line").Count().ShouldBe(picture.Definition.Transitions.Length);
        picture.OfKind("box").Concat(picture.OfKind("bar")).Count().ShouldBe(picture.Definition.Nodes.Length);
        picture.OfKind("line").Count(l => ((string)l.Attribute("class")!).Contains("loop", StringComparison.Ordinal))
            .ShouldBe(picture.Definition.Transitions.Count(picture.Definition.Graph.LeadsBack));
        picture.OfKind("inferred").Count()
            .ShouldBe(picture.Definition.Transitions.Count(t => picture.Definition.NoteOn(t.From, t.Port) is { IsInferred: true }));
        var said = string.Concat(picture.OfKind("name").Select(t => t.Value)).Replace(" ", "", StringComparison.Ordinal);
        foreach (var box in picture.Definition.Steps.Select(s => picture.Layout.Boxes[s.Id]))
            said.ShouldContain(box.Caption.Replace(" ", "", StringComparison.Ordinal));
        ((string)picture.Xml.Root!.Element(Svg + "title")!).ShouldBe(picture.Definition.Name.Th);
    }

    [Test]
    public void A_picture_with_marks_shows_where_a_case_stands()
    {
        var picture = Picture(World.KhonKaen, new Dictionary<string, FlowMark>
        {
            ["appoint-working-group"] = new(FlowMarkKind.Done, 1),
            ["plan-work"] = new(FlowMarkKind.Late, 3),
        });
        picture.OfKind("done").ShouldHaveSingleItem().Value.ShouldContain("แต่งตั้ง");
        picture.OfKind("late").ShouldHaveSingleItem().Value.ShouldContain("×3");
        picture.OfKind("open").ShouldBeEmpty();
    }

    [TestCase("รับทราบ", "รับทราบ")]
    [TestCase("เสนอ ผอ.สพท.อนุมัติ แผนการดำเนินงานประจำปี", "เสนอ ผอ.สพท.อนุมัติ|แผนการดำเนินงานประจำปี")]
    public void Thai_breaks_at_spaces_first(string text, string lines) => string.Join('|', ThaiLines.Wrap(text, 20, 280)).ShouldBe(lines);

    [Test]
    public void Thai_is_never_torn_between_a_vowel_and_its_consonant()
    {
        foreach (var caption in CatalogueFiles.All.SelectMany(p => p.Definition.Steps).Select(s => s.Text.Length > 0 ? s.Text.ReplaceLineEndings(" ") : s.Name.Th))
        {
            var lines = ThaiLines.Wrap(caption, 20, 280);
            string.Concat(lines).Replace(" ", "", StringComparison.Ordinal).ShouldBe(caption.Replace(" ", "", StringComparison.Ordinal));
            lines.Skip(1).ShouldAllBe(line => !"ะาำๆฯ่้๊๋์ิีึืุูั็".Contains(line[0]), caption);
            lines.SkipLast(1).ShouldAllBe(line => !"เแโใไ".Contains(line.Last()), caption);
        }
    }
}
