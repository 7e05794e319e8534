using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary><c>GET /api/v1/process-definitions</c>, <c>…/{key}</c>, <c>…/{key}/versions</c>.</summary>
public static class DefinitionEndpoints
{
    // Index: the primary key. The catalogue has tens of rows, so a search reads it whole.
    const string ListSql = """
        SELECT definition_key AS key, latest_version AS version, manual, name_th, name_en, updated_at
        FROM process_definition
        WHERE definition_key > @after
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/process-definitions", ListAsync).WithName("ListProcessDefinitions").WithTags("Process definitions")
            .Produces<Page<Summary>>()
            .Query(("manual", "Only this manual."), ("search", "Part of the Thai or English name, or of the key.")).Paged();
        routes.MapGet("/process-definitions/{key}", GetAsync).WithName("GetProcessDefinition").WithTags("Process definitions")
            .Produces<Detail>()
            .Query(("version", "Left out: the one that the office starts cases on."), ("office", "Left out: the caller's.")).Refuses(404);
        routes.MapGet("/process-definitions/{key}/versions", VersionsAsync)
            .WithName("ListProcessDefinitionVersions").WithTags("Process definitions").Produces<Page<VersionView>>().Paged().Refuses(404);
    }

    public sealed record Summary(string Key, int Version, string Manual, LocalizedText Name, DateTimeOffset UpdatedAt);

    public sealed record StepView(
        string Id,
        int? Number,
        LocalizedText Name,
        string Text,
        string Kind,
        string Type,
        string Role,
        DeadlineRule? Deadline,
        string? DeadlineStated,
        string? DeadlineSharedWith,
        string? DeadlineDateFrom,
        string? QualityStandard,
        IReadOnlyList<string> Forms,
        IReadOnlyList<string> ReturnTo,
        IReadOnlyList<AssignmentView> Assignments,
        IReadOnlyList<string> NotDoneBy,
        IReadOnlyList<LevelView> Levels,
        bool ReturnsToPreviousLevel,
        CommitteeRule? Committee,
        MultiInstance? ForEach,
        IReadOnlyList<BoundaryTimer> Timers,
        bool MayFail,
        bool ClockPauses,
        IReadOnlyList<FormField>? Form,
        bool FormIsOptional,
        Priority? Priority,
        string? SourceNote);

    /// <param name="When">The condition; null: always.</param>
    /// <param name="To">As in the file: <c>requester</c>, <c>doerOf:step</c>,
    /// <c>variable:name</c>, <c>responsible</c> or <c>responsibleFor:name</c>.</param>
    public sealed record AssignmentView(string? When, string To);

    /// <param name="Assignments">Which one person of the post: the first whose condition holds.</param>
    public sealed record LevelView(
        string Role, LocalizedText? Name, DeadlineRule? Deadline, IReadOnlyList<AssignmentView> Assignments, int? Number);

    /// <summary>A box of the flow chart; what a step asks of people stands under <c>steps</c>.</summary>
    /// <param name="Type">As in the file, without its prefix: <c>Start</c>, <c>UserTask</c>, <c>Decision</c>, <c>Fork</c> ….</param>
    /// <param name="Ways">Its ways out; of a decision with their conditions.</param>
    public sealed record NodeView(string Id, string Type, IReadOnlyList<WayView> Ways);

    public sealed record WayView(string Port, string? When);

    /// <param name="Source">What the manual says of the procedure: objectives, scope, forms, references, where the flow comes from.</param>
    public sealed record Detail(
        string Key,
        int Version,
        LocalizedText Name,
        DeadlineRule? Deadline,
        IReadOnlyList<Variable> Variables,
        IReadOnlyList<NodeView> Nodes,
        IReadOnlyList<StepView> Steps,
        IReadOnlyList<Transition> Transitions,
        JsonNode? Source);

    public sealed record VersionView
    {
        public int Version { get; init; }
        public string Origin { get; init; } = "";

        /// <summary>Whose own it is; <c>*</c> for every office's.</summary>
        public string Office { get; init; } = "";

        /// <summary>Of an office's own: the version of every office that it goes back to.</summary>
        public int? ManualVersion { get; init; }
        public string ContentHash { get; init; } = "";
        public DateTimeOffset PublishedAt { get; init; }

        /// <summary>Null while new cases may start on it.</summary>
        public DateTimeOffset? RetiredAt { get; init; }
    }

    static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        var paging = Paging.From(http, keys: 1);
        var (manual, search) = (http.Text("manual"), http.Text("search"));
        var arguments = new DynamicParameters(
            new { after = paging.After?[0] ?? "", manual, like = SearchText.Like(search), take = paging.Limit + 1 });
        var sql = ListSql
            + " AND " + DefinitionCatalog.Seen(http.Caller(), arguments)
            + (manual is null ? "" : " AND manual = @manual")
            + (search is null ? "" : " AND " + SearchText.Condition(""))
            + " ORDER BY definition_key LIMIT @take";
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var rows = (await connection.QueryAsync<Row>(sql, arguments)).AsList();
        return Results.Json(
            paging.ToPage(
                rows, r => new Summary(r.Key, r.Version, r.Manual, new LocalizedText(r.NameTh, r.NameEn), r.UpdatedAt), r => [r.Key]),
            JsonShape.Options);
    }

    static async Task<IResult> GetAsync(HttpContext http, string key, Database database, DefinitionCatalog definitions)
    {
        if (await definitions.LatestAsync(key, http.RequestAborted) is not { } latest)
            return Problems.From(new DefinitionNotFound(key));
        if (http.Text("office") is { } asked && asked != DefinitionPublisher.EveryOffice && !http.Caller().BelongsTo(asked))
            return Problems.From(new OfficeNotFound(asked, "office"));
        var office = http.Text("office")
            ?? http.Caller().Memberships.Select(m => m.Office).FirstOrDefault() ?? DefinitionPublisher.EveryOffice;
        var version = http.Number("version") ?? (await definitions.StartableAsync(key, office, http.RequestAborted) ?? latest).Version;
        if (!await definitions.MaySeeAsync(http.Caller(), key, version, http.RequestAborted))
            return Problems.From(new DefinitionNotFound($"{key} v{version}"));
        var definition = await definitions.GetAsync(key, version);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var content = await connection.QuerySingleAsync<string>(
            "SELECT content FROM definition_version WHERE definition_key = @key AND version = @version", new { key, version });
        return Results.Json(
            new Detail(
                key, version, definition.Name, definition.Deadline, definition.Variables, [.. definition.Nodes.Select(ToNodeView)],
                [.. definition.Steps.Select(ToView)],
                definition.Transitions, SourceOf(content)),
            JsonShape.Options);
    }

    /// <summary>The forms that the steps share are left out: their fields stand with each step.</summary>
    static JsonNode? SourceOf(string content)
    {
        var source = JsonNode.Parse(content)?["customProperties"]?.DeepClone();
        (source as JsonObject)?.Remove(SharedForms.Property);
        return source;
    }

    static StepView ToView(Step s) => new(
        s.Id, s.NumberAt(null), s.Name, s.Text, s.Kind, StepTypes.NameOf(s.Type), s.Role, s.Deadline, s.DeadlineStated,
        s.DeadlineSharedWith,
        s.DeadlineDateFrom, s.QualityStandard, s.Forms, s.ReturnTo, ToView(s.Assignments), s.NotDoneBy,
        [.. s.Levels.Select(l => new LevelView(l.Role, l.Name, l.Deadline, ToView(l.Assignments), l.Number))], s.ReturnsToPreviousLevel,
        s.Committee,
        s.ForEach, s.Timers, s.MayFail,
        s.ClockPauses, s.Form is { } form ? [.. form.Fields] : null, s.FormIsOptional, s.Priority, s.SourceNote);

    static List<AssignmentView> ToView(ImmutableArray<Assignment> assignments) =>
        [.. assignments.Select(a => new AssignmentView(a.When, a.To))];

    internal static NodeView ToNodeView(Node node) => new(
        node.Id,
        node switch
        {
            StartNode => "Start",
            EndNode => "End",
            DecisionNode => "Decision",
            ForkNode => "Fork",
            JoinNode => "Join",
            TimerNode => "WaitUntil",
            MessageNode => "WaitForMessage",
            CallNode => "CallProcess",
            Step { Type: StepType.Approval } => "Approval",
            Step { Type: StepType.Acknowledge } => "Acknowledge",
            Step { Type: StepType.Task } => "UserTask",
            _ => throw UnknownKind.Of(node),
        },
        [.. node.RequiredPorts.Select(port => new WayView(
            port, (node as DecisionNode)?.Branches.FirstOrDefault(b => b.Port == port)?.When))]);

    static async Task<IResult> VersionsAsync(HttpContext http, string key, Database database)
    {
        var paging = Paging.From(http, keys: 1);
        var before = paging.AfterNumber() ?? int.MaxValue;
        var arguments = new DynamicParameters(new { key, before, take = paging.Limit + 1 });
        var seen = DefinitionCatalog.Seen(http.Caller(), arguments);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        // Index: the primary key.
        var rows = (await connection.QueryAsync<VersionView>(
            $"""
            SELECT version, origin, office, manual_version, content_hash, published_at, retired_at
            FROM definition_version
            WHERE definition_key = @key AND version < @before AND {seen}
            ORDER BY version DESC
            LIMIT @take
            """,
            arguments)).AsList();
        return rows.Count == 0 && paging.After is null
            ? Problems.From(new DefinitionNotFound(key))
            : Results.Json(
                paging.ToPage(rows, r => r, r => [r.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)]),
                JsonShape.Options);
    }

    sealed record Row
    {
        public string Key { get; init; } = "";
        public int Version { get; init; }
        public string Manual { get; init; } = "";
        public string NameTh { get; init; } = "";
        public string NameEn { get; init; } = "";
        public DateTimeOffset UpdatedAt { get; init; }
    }
}
