namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>What a row of the table of a procedure is.</summary>
public enum RowKind
{
    /// <summary>Somebody does something.</summary>
    Work,

    /// <summary>One person decides.</summary>
    Approve,
    Acknowledge,

    /// <summary>Several decide together.</summary>
    Committee,

    /// <summary>Several posts decide one after the other.</summary>
    Levels,

    /// <summary>The case rests until a time.</summary>
    Wait,

    /// <summary>The data of the case decide.</summary>
    Decide,

    /// <summary>The case rests until word comes from outside.</summary>
    Message,

    /// <summary>Another procedure is begun.</summary>
    Call,

    /// <summary>Several branches begin at once.</summary>
    Fork,

    /// <summary>They are waited for.</summary>
    Join,

    /// <summary>What the table shows and does not change: it is edited in Studio or as JSON.</summary>
    Other,
}

/// <summary>One box of a flow chart as a row to read and to fill in. Texts are as they are typed; empty: not given.</summary>
/// <param name="Who">Empty: everybody of the role; else as a definition file says it (<c>requester</c>, <c>doerOf:step</c> …), or
/// <see cref="TableRow.ByData"/>.</param>
/// <param name="Form">The ids of shared forms with blanks between them, or <see cref="TableRow.Kept"/> for one of its own.
/// </param>
/// <param name="Levels">The roles of the levels, the first that decides first.</param>
/// <param name="Voting">How a committee decides: <c>any</c>, <c>all</c>, <c>majority</c>, <c>quorum</c>, or
/// <see cref="TableRow.Kept"/>.</param>
/// <param name="Members">The variable with the members; empty: everybody of the role.</param>
/// <param name="Ways">Where the case goes on, in the order of the ports.</param>
public sealed record TableRow(
    string Id,
    RowKind Kind,
    string Name,
    string Role,
    string Who,
    RowTime Time,
    string Form,
    string Quality,
    IReadOnlyList<string> Levels,
    string Voting,
    string Members,
    IReadOnlyList<RowWay> Ways)
{
    /// <summary>In the place of a value that the table does not offer: it stays as it is.</summary>
    public const string Kept = "kept";

    /// <summary>Of who does it: as the data of the case say, by <see cref="Assignments"/>.</summary>
    public const string ByData = "byData";

    /// <summary>So many shared forms may be filled in at a step.</summary>
    public const int MaxForms = 3;

    /// <summary>What its kind has besides, in the order of <see cref="RowSettings.All"/>.</summary>
    public IReadOnlyList<RowSetting> Settings { get; init; } = [];

    /// <summary>Its ways out by time.</summary>
    public IReadOnlyList<RowTimer> Timers { get; init; } = [];

    /// <summary>The first whose condition holds says for whom it is.</summary>
    public IReadOnlyList<RowAssignment> Assignments { get; init; } = [];

    public string Setting(string name) => Settings.FirstOrDefault(s => s.Name == name)?.Value ?? "";

    /// <summary>The number that the manual prints; null where there is none.</summary>
    public string? Number { get; init; }

    /// <summary>The type of its box, without its prefix.</summary>
    public string Type { get; init; } = "";

    /// <summary>Properties of its box that the table does not show, and leaves as they are.</summary>
    public IReadOnlyList<string> Besides { get; init; } = [];

    public bool IsStep => Kind is RowKind.Work or RowKind.Approve or RowKind.Acknowledge or RowKind.Committee or RowKind.Levels;

    public bool Decides => Kind is RowKind.Approve or RowKind.Committee or RowKind.Levels;

    /// <summary>The way that the next row of a plain procedure stands on; null where there is none or several.</summary>
    public RowWay? Main => Ways.Where(w => w.Port == MainPort).ToList() is [var only] ? only : null;

    public string MainPort => Decides ? Core.Definitions.Ports.Approve
        : Kind == RowKind.Decide ? Core.Definitions.Ports.Else
        : Core.Definitions.Ports.Done;
}

/// <summary>A limit as it is filled in.</summary>
/// <param name="Rule">A name of <c>DeadlineRuleFields</c>, empty for none, or <see cref="TableRow.Kept"/>.</param>
/// <param name="N">Days or minutes; of a range the least.</param>
/// <param name="Max">Of a range.</param>
/// <param name="From">Of a window: month and day, such as <c>10-01</c>.</param>
/// <param name="DateFrom">The variable with the date that it counts from.</param>
public sealed record RowTime(string Rule, string N, string Max, string From, string To, string DateFrom)
{
    public static RowTime None { get; } = new("", "", "", "", "", "");

    /// <summary>The rules that the table offers.</summary>
    public static IReadOnlyList<string> Rules { get; } =
    [
        "working_days", "working_days_range", "calendar_days", "working_minutes", "window", "working_days_before_event",
        "calendar_days_before_event", "given_date",
    ];
}

/// <param name="When">Of a branch of a decision: its condition.</param>
/// <param name="To">The id of the box that it leads to; empty: nowhere yet.</param>
public sealed record RowWay(string Port, string When, string To);
