using System.Text.Json.Nodes;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Tests.Constructs;

/// <summary>
/// How a process owner sets what a construct is made of: in the row of the table; in Studio, by its fields or the form beside the canvas;
/// or as JSON only. Worked out from what the table and Studio do with the construct's file.
/// </summary>
/// <param name="Studio">What the table names and leaves alone, and Studio has a field or a form for.</param>
/// <param name="Json">What is written as JSON.</param>
sealed record HowSet(IReadOnlyList<string> Studio, IReadOnlyList<string> Json)
{
    /// <summary>Of the head of a file: its name in two languages, and what the drawing tells.</summary>
    static readonly string[] UsualHead = ["nameEn", "flowNotes", "flowSource"];

    /// <summary>What the table fills in of the whole.</summary>
    static readonly string[] TablesHead =
    [
        "slaRule", "slaN", "slaMin", "slaMax", "slaMinutes", "slaWindowFrom", "slaWindowTo", "slaDateFrom", "slaUntil", "carryOver", "dataLabels",
        .. TableHead.Fields.Select(f => f.Name),
    ];

    public bool ByTable => Studio.Count == 0 && Json.Count == 0;

    public static HowSet Of(Construct construct)
    {
        var (studio, json) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        var file = JsonNode.Parse(construct.Content)!;
        var boxes = file["root"]!["activities"]!.AsArray().ToDictionary(a => a!["id"]!.GetValue<string>(), a => a!.AsObject());
        foreach (var row in DefinitionTable.Read(construct.Content)!.Rows)
        {
            if (row.Kind == RowKind.Other)
            {
                studio.Add($"the box `{row.Type}`");
                continue;
            }

            List<string> kept =
            [
                .. row.Besides, .. row.Who == TableRow.Kept ? ["assignTo"] : Array.Empty<string>(),
                .. row.Voting == TableRow.Kept ? ["votingRule"] : Array.Empty<string>(),
                .. row.Time.Rule == TableRow.Kept ? ["slaRule"] : Array.Empty<string>(),
                .. row.Form == TableRow.Kept && !IsBuilt(construct, row.Id)
                    ? [boxes[row.Id].ContainsKey("formSchema") ? "formSchema" : "formRefs"]
                    : Array.Empty<string>(),
            ];
            foreach (var property in kept.Distinct().Where(p => p != "formSchema" || !IsBuilt(construct, row.Id)))
                (HasField(row.Type, boxes[row.Id], property) ? studio : json).Add($"`{property}`");
        }

        if (TableData.Read(construct.Content).Any(d => !d.IsList && !TableData.Types.Contains(d.Type)))
            studio.Add("the data of the case (`variables`)");
        foreach (var (name, _) in file["customProperties"]!.AsObject().Where(p => !UsualHead.Contains(p.Key) && !TablesHead.Contains(p.Key)))
            json.Add($"`{name}` in the head");
        return new HowSet([.. studio], [.. json]);
    }

    /// <summary>Every field of the step's own form is one that is built on its page.</summary>
    static bool IsBuilt(Construct construct, string step) =>
        FormTable.SchemaOf(construct.Content, step) is not null
            && FormTable.Read(construct.Content, step)!.Rows.All(f => f.Kind != FormFieldKind.Other);

    static bool HasField(string type, JsonObject box, string property)
    {
        // Studio has no editor for lists of objects; the form beside the canvas shows those whose limits are numbers.
        if (StudioActivities.TextsOfJson.Contains(property))
            return property == "timers" && StepLists.Of(box) is { } lists && lists.Timers.All(t => t.Limit.Rule != StepLists.Other);
        return StudioActivities.All.Single(a => a.Name == type).Inputs(StudioSurroundings.None)
            .Any(i => string.Equals(i.Name, property, StringComparison.OrdinalIgnoreCase));
    }
}
