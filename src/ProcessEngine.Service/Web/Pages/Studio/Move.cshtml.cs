using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Migrations;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>The running cases of an office go on by another version: first what that would do, then it is done.</summary>
public sealed class MoveModel(Database database, DefinitionCatalog definitions, IMediator mediator) : StudioPage
{
    // Index: ix_instance_version.
    const string RunningSql = """
        SELECT definition_version AS version, COUNT(*) AS cases
        FROM process_instance
        WHERE office = @office AND definition_key = @key AND ended_at IS NULL
        GROUP BY definition_version
        ORDER BY definition_version
        LIMIT 100
        """;

    const string MovePrefix = "to.";

    public string Key { get; private set; } = "";
    public OfficeDefinition Definition { get; private set; } = null!;

    /// <summary>Versions on which cases run, with how many.</summary>
    public IReadOnlyList<(int Version, int Cases)> Running { get; private set; } = [];

    public int From { get; private set; }
    public int To { get; private set; }
    public MigrateCases.Preview? Look { get; private set; }
    public MigrateCases.Progress? Progress { get; private set; }
    public ProcessDefinition? Old { get; private set; }
    public ProcessDefinition? New { get; private set; }

    /// <summary>Old step → the step of the other version that was chosen for it.</summary>
    public ImmutableSortedDictionary<string, string> Moves { get; private set; } = ImmutableSortedDictionary<string, string>.Empty;

    public LocalizedText Name => new(Definition.NameTh, Definition.NameEn);

    /// <summary>The steps that the other version does not have.</summary>
    public IEnumerable<Step> Gone => Old is null || New is null ? [] : Old.Steps.Where(s => New.FindStep(s.Id) is null);

    public string NameOf(ProcessDefinition? of, string node) => of?.FindStep(node) is { } step ? W[step.Name] : node;

    public async Task<IActionResult> OnGetAsync([FromRoute] string key)
    {
        if (!await ShowAsync(key))
            return NotFound();
        if (Guid.TryParse(HttpContext.Text("migration"), out var id))
        {
            Progress = await MigrateCases.ReadAsync(Caller, key, id, database, RequestAborted);
            return Progress is null ? NotFound() : Page();
        }

        Moves = MovesOf(Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()));
        return From == 0 || To == 0 || From == To || await LookAsync() is not { } rejection ? Page() : Refuse(rejection);
    }

    public async Task<IActionResult> OnPostGoAsync([FromRoute] string key)
    {
        var form = await Request.ReadFormAsync(RequestAborted);
        if (!await ShowAsync(key))
            return NotFound();
        Moves = MovesOf(form.ToDictionary(f => f.Key, f => f.Value.ToString()));
        (From, To) = (Whole(form["from"]), Whole(form["to"]));
        var outcome = Access.MayEdit
            ? await mediator.Send(
                new MigrateCases.Command(Caller, await HttpContext.IdentifyFormAsync(), Key, Access.Office, From, To, Moves),
                RequestAborted)
            : new NotAllowed("migrate", [Roles.ProcessOwner]);
        if (outcome.Rejection is { } rejection)
            return Refuse(rejection);
        var id = (string?)JsonNode.Parse(outcome.Value!.Body)!["id"];
        return Redirect($"/studio/definitions/{Key}/move{(Where.Length == 0 ? "?" : Where + "&")}migration={id}");
    }

    static ImmutableSortedDictionary<string, string> MovesOf(Dictionary<string, string> fields) => fields
        .Where(f => f.Key.StartsWith(MovePrefix, StringComparison.Ordinal) && f.Value.Length is > 0 and <= 200)
        .ToImmutableSortedDictionary(f => f.Key[MovePrefix.Length..], f => f.Value, StringComparer.Ordinal);

    static int Whole(string? text) => int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : 0;

    async Task<Rejection?> LookAsync()
    {
        var looked = await MigrateCases.LookAsync(
            new MigrateCases.Command(Caller, new RequestId(Caller.UserId, null, []), Key, Access.Office, From, To, Moves), database,
            definitions, RequestAborted);
        if (looked.Rejection is { } rejection)
            return rejection;
        Look = looked.Value;
        (Old, New) = (await definitions.GetAsync(Key, From), await definitions.GetAsync(Key, To));
        return null;
    }

    async Task<bool> ShowAsync(string key)
    {
        await using var connection = await database.OpenAsync(RequestAborted);
        if (await OfficeDefinitions.FindAsync(connection, Access.Office, key) is not { } found || found.LatestVersion == 0)
            return false;
        (Key, Definition) = (found.Key, found);
        Running = [.. (await connection.QueryAsync<(int Version, long Cases)>(RunningSql, new { office = Access.Office, key }))
            .Select(r => (r.Version, (int)r.Cases))];
        To = HttpContext.Number("to") ?? found.CurrentVersion ?? found.LatestVersion;
        From = HttpContext.Number("from") ?? Running.Select(r => r.Version).LastOrDefault(v => v != To);
        return true;
    }
}
