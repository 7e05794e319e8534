using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Walks;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>
/// One case of a draft, or of what is in use, played as each role in turn on a clock of its own. The address holds the whole walk: nothing
/// is stored.
/// </summary>
public sealed class WalkModel(Database database, DefinitionFolder folder, OfficeCalendars offices) : StudioPage
{
    const string DataPrefix = "d.";

    public string Key { get; private set; } = "";
    public OfficeDefinition Definition { get; private set; } = null!;
    public bool IsDraft { get; private set; }
    public ProcessDefinition Procedure { get; private set; } = null!;
    public Walk Walk { get; private set; } = null!;
    public HtmlString? Chart { get; private set; }

    /// <summary>What was filled in of the data of the case.</summary>
    public ImmutableSortedDictionary<string, string> Typed { get; private set; } = ImmutableSortedDictionary<string, string>.Empty;

    public LocalizedText Name => new(Definition.NameTh, Definition.NameEn);

    public async Task<IActionResult> OnGetAsync([FromRoute] string key)
    {
        string? content;
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            if (await OfficeDefinitions.FindAsync(connection, Access.Office, key) is not { } found)
                return NotFound();
            (Key, Definition) = (found.Key, found);
            content = (await OfficeDrafts.FindAsync(connection, Access.Office, key))?.Content;
            IsDraft = content is not null;
            content ??= await OfficeDefinitions.ContentAsync(connection, Access.Office, key, found.CurrentVersion ?? found.LatestVersion);
        }

        if (content is null
            || ElsaDefinitionReader.Read(folder.Forms.Embed(content), 1, key) is not { IsSound: true, Definition: { } read })
            return Redirect($"/studio/definitions/{Uri.EscapeDataString(key)}/table{Where}");
        Procedure = read;
        Typed = Request.Query
            .Where(q => q.Key.StartsWith(DataPrefix, StringComparison.Ordinal) && q.Value.ToString().Length is > 0 and <= 200)
            .ToImmutableSortedDictionary(q => q.Key[DataPrefix.Length..], q => q.Value.ToString(), StringComparer.Ordinal);
        var acts = Request.Query["a"].OfType<string>().Take(Walk.MaxActs).Select(a => a.Split(':', 2))
            .Where(a => Walk.Acts.Contains(a[0])).Select(a => new WalkAct(a[0], a.Length > 1 ? a[1] : ""));
        var calendar = await offices.FindAsync(Access.Office, RequestAborted)
            ?? await offices.FindAsync(OfficeCalendars.National, RequestAborted);
        Walk = Walk.Of(Procedure, calendar!, Instants.Truncate(Of<TimeProvider>().GetUtcNow()), Data(), acts);
        if (TableChart.Of(content) is { } layout)
        {
            var kind = OfficeKinds.Parse((await offices.FindOfficeAsync(Access.Office, RequestAborted))?.Kind ?? OfficeKinds.Area);
            Chart = new HtmlString(W.DigitsOfDrawing(FlowPicture.DrawForPage(
                Procedure, layout, kind, FlowCharts.MarksOf(Procedure, Walk.State, Walk.Now), W.English,
                W["ผังงาน แสดงทางที่เดินมาแล้ว", "The chart, with the way that was walked."],
                role => W.OwnPost(Access.Office, role))));
        }

        return Page();
    }

    /// <summary>The address with one act more; without, the same; less the last, one step back.</summary>
    public string Address(WalkAct? more = null, bool back = false)
    {
        var acts = Walk.Steps.Select(s => s.Act).SkipLast(back ? 1 : 0).Concat(more is null ? [] : [more]);
        var parts = acts.Select(a => "a=" + Uri.EscapeDataString($"{a.Act}:{a.Step}"))
            .Concat(Typed.Select(t => $"{DataPrefix}{Uri.EscapeDataString(t.Key)}={Uri.EscapeDataString(t.Value)}"))
            .Concat(Where.Length > 0 ? [Where[1..]] : []);
        return $"/studio/definitions/{Key}/walk?{string.Join('&', parts)}#now";
    }

    ImmutableSortedDictionary<string, string> Data()
    {
        var data = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var variable in Procedure.AskedAtStart)
        {
            var people = Procedure.PersonVariables.Contains(variable.Name);
            if (people)
            {
                var members = Walk.PeopleOf(Roles.CommitteeMember);
                data[variable.Name] = variable.Type == VariableType.List
                    ? JsonSerializer.Serialize(members.Select(m => m.ToString()))
                    : JsonSerializer.Serialize(Walk.PeopleOf(Roles.Officer)[0].ToString());
            }
            else if (Typed.GetValueOrDefault(variable.Name) is { } typed && Json(variable.Type, typed) is { } json)
                data[variable.Name] = json;
        }

        return data.ToImmutable();
    }

    static string? Json(VariableType type, string typed) => type switch
    {
        VariableType.Number => Web.Typed.Number(typed)?.ToString(CultureInfo.InvariantCulture),
        VariableType.Boolean => typed == "true" ? "true" : "false",
        VariableType.Date => Web.Typed.Date(typed) is { } day ? $"\"{day:yyyy-MM-dd}\"" : null,
        VariableType.List => JsonSerializer.Serialize(
            typed.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        _ => JsonSerializer.Serialize(typed),
    };

    /// <summary>What somebody may do with the open task of a step.</summary>
    public IEnumerable<string> ActsAt(Step step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return [.. step.IsApproval ? [Walk.Approve, Walk.Reject] : (string[])[Walk.Complete],
            .. step is { IsApproval: true, Committee: null } ? [Walk.Return] : (string[])[],
            .. step.MayFail ? [Walk.Fail] : (string[])[]];
    }

    public string Word(string act) => act switch
    {
        Walk.Complete => W["ทำเสร็จ", "Done"],
        Walk.Approve => W["เห็นชอบ", "Approve"],
        Walk.Reject => W["ไม่เห็นชอบ", "Refuse"],
        Walk.Return => W["ส่งกลับแก้ไข", "Return"],
        Walk.Fail => W["ทำไม่สำเร็จ", "Cannot be done"],
        Walk.Time => W["เวลาผ่านไปถึงกำหนดถัดไป", "Time goes on to what is due next"],
        _ => W["ได้รับจากภายนอก", "It comes from outside"],
    };
}
