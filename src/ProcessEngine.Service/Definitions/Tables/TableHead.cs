using System.Text.Json.Nodes;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>A case begins with what the last completed one of the procedure had under another name.</summary>
/// <param name="To">The data of the new case.</param>
/// <param name="From">The data of the case before.</param>
public sealed record CarriedData(string To, string From);

/// <summary>What a procedure says of itself as a whole.</summary>
/// <param name="Time">The limit of the whole; see <see cref="Until"/>.</param>
/// <param name="Until">The step with which whoever asked has been served; empty: the end.</param>
public sealed record TableHead(
    string Name, string NameEn, RowTime Time, string Until, IReadOnlyList<RowSetting> Settings, IReadOnlyList<CarriedData> CarryOver)
{
    /// <summary>Settings of the whole.</summary>
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        .. RowSettings.All.Where(f => f.Name is "slaRoll" or "remindDaysBefore" or "escalateToSupervisorAfterDays"
            or "escalateToDirectorAfterDays"),
        new SettingField(
            "reopenWithinDays", SettingKind.Number, SettingGroup.Time,
            new LocalizedText("เปิดเรื่องที่จบแล้วใหม่ได้ภายใน (วัน)", "An ended case may be opened again within (days)"), [])
        {
            Help = new LocalizedText("ว่าง: 30 ไม่ให้เปิด: 0", "Empty: 30. Never: 0"),
        },
        .. PublicFields.All,
    ];

    public string Setting(string name) => Settings.FirstOrDefault(s => s.Name == name)?.Value ?? "";

    /// <returns>Null when the content is no flow chart.</returns>
    public static TableHead? Read(string content)
    {
        if (ChartJson.Parse(content) is not { } chart)
            return null;
        var custom = chart.File["customProperties"] as JsonObject ?? [];
        return new TableHead(
            ChartJson.Text(chart.File, "name"),
            ChartJson.Text(custom, "nameEn") is { Length: > 0 } en ? en : ChartJson.Text(chart.File, "description"),
            RowReader.TimeOf(custom), ChartJson.Text(custom, "slaUntil"),
            [.. Fields.Select(f => new RowSetting(f.Name, f.Read(custom)))],
            [.. (custom["carryOver"] as JsonObject ?? []).Select(c => new CarriedData(c.Key, c.Value?.ToString() ?? ""))]);
    }

    /// <summary>What somebody saw when they began to fill it in.</summary>
    public static string MarkOf(TableHead head) =>
        DefinitionPublisher.HashOf(System.Text.Json.JsonSerializer.Serialize(head))[..16];

    /// <returns>The content; the very same when nothing was changed.</returns>
    public static Outcome<string> Change(string content, TableHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (ChartJson.Parse(content) is not { } chart || Read(content) is not { } before)
            return DefinitionTable.Gone;
        if (MarkOf(before) == MarkOf(head))
            return content;
        if (chart.File["customProperties"] is not JsonObject custom)
            chart.File["customProperties"] = custom = [];
        if (head.Name != before.Name)
            chart.File["name"] = head.Name;
        if (head.NameEn != before.NameEn)
            (chart.File["description"], custom["nameEn"]) = (head.NameEn, head.NameEn);
        if (head.Time != before.Time)
            RowWriter.WriteTime(custom, before.Time, head.Time);
        ChartJson.Set(custom, "slaUntil", head.Until);
        foreach (var field in Fields.Where(f => head.Setting(f.Name) != before.Setting(f.Name)))
            field.Write(custom, head.Setting(field.Name));
        if (!head.CarryOver.SequenceEqual(before.CarryOver))
        {
            if (head.CarryOver.Count == 0)
                custom.Remove("carryOver");
            else
            {
                custom["carryOver"] = new JsonObject(
                    head.CarryOver.DistinctBy(c => c.To).Select(c => KeyValuePair.Create(c.To, (JsonNode?)JsonValue.Create(c.From))));
            }
        }

        return chart.Write();
    }
}
