using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Outsiders;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>One case: where it stands, what was planned and what came of it, who did what.</summary>
public sealed class CaseModel(
    CaseReader cases,
    CaseHistory history,
    CaseSteps steps,
    People people,
    OfficeCalendars offices,
    FlowCharts charts,
    AttachmentReader files,
    ProcessStore store,
    AuditVerifier verifier,
    RequestReader requests,
    IMediator mediator,
    TimeProvider time)
    : DeskPage
{
    public ProcessDefinition Definition { get; private set; } = null!;
    public ProcessState State { get; private set; } = null!;
    public Office? Office { get; private set; }

    /// <summary>Whence it came; null: nobody outside asked for it.</summary>
    public KnownRequest? Asked { get; private set; }

    /// <summary>How the office prints its posts.</summary>
    public OfficeKind Kind { get; private set; }

    public IReadOnlyList<(Step Step, IReadOnlyList<StepPass> Passes)> Steps { get; private set; } = [];
    public IReadOnlyList<HistoryLine> History { get; private set; } = [];
    public IReadOnlyList<string> Standing { get; private set; } = [];
    public IReadOnlyDictionary<Guid, string> Names { get; private set; } = new Dictionary<Guid, string>();
    public FlowChart Chart { get; private set; } = null!;
    /// <summary>Planned and real as bars; null where they cannot be drawn.</summary>
    public IHtmlContent? Bars { get; private set; }

    public IReadOnlyList<AttachmentView> Files { get; private set; } = [];

    /// <summary>What the reader may do to the case as a whole, as the core says.</summary>
    public IReadOnlyList<CaseActWords> Acts { get; private set; } = [];

    public IReadOnlySet<Guid> MayWithdraw { get; private set; } = new HashSet<Guid>();

    public bool SeesWithdrawn => AttachmentReader.SeesWithdrawn(Caller, State.Office);

    /// <summary>How long what the reader has just done to the case can be taken back; 0 when there is nothing, or it cannot.</summary>
    public int SecondsToUndo { get; private set; }

    /// <summary>The revision on which they did it.</summary>
    public int? After { get; private set; }

    public string NewKey { get; } = FormRequest.NewKey();
    public DateTimeOffset Now { get; private set; }

    /// <summary>Whether the record of the case is as it was written; null where nobody asked.</summary>
    public Verification? Verified { get; private set; }

    public async Task<IActionResult> OnPostUndoAsync(Guid id, int? after)
    {
        var outcome = await mediator.Send(
            new Service.Cases.Instances.UndoCaseAct.Command(id, after, Caller, await HttpContext.IdentifyFormAsync()), RequestAborted);
        if (outcome.Rejection is { } rejection)
            SetFlash(HttpContext, W["ไม่ได้เลิกทำ: ", "Not taken back: "] + W[Problems.From(rejection).Why], good: false);
        else
            SetFlash(W["เลิกทำแล้ว เรื่องกลับเป็นอย่างเดิม", "Taken back. The case stands as before."]);
        return Redirect($"/cases/{id}");
    }

    public async Task<IActionResult> OnGetAsync(Guid id)
    {
        After = HttpContext.Number("after");
        if (await cases.FindAsync(id, Caller, RequestAborted) is not { } one)
            return NotFound();
        (Definition, State) = one;
        Now = time.GetUtcNow();
        if (HttpContext.Text("verify") is not null)
            Verified = await verifier.VerifyAsync(id, Caller, RequestAborted);
        Office = await offices.FindOfficeAsync(State.Office, RequestAborted);
        Kind = await offices.KindOfAsync(State.Office);
        Steps = await steps.OfAsync(id, Definition, RequestAborted);
        Files = await files.ListAsync(id, null, Caller, null, Service.Cases.Attachments.AttachFile.MaxFiles, RequestAborted) ?? [];
        var events = await history.OfAsync(id, RequestAborted);
        if (After is { } revision)
            SecondsToUndo = await Service.Cases.Instances.UndoCaseAct.SecondsLeftAsync(
                Definition, State, revision, Caller, CaseHistory.Readable(events), offices, store);
        Names = await people.NamesAsync(
            [
                State.StartedBy,
                .. Steps.SelectMany(s => s.Passes).SelectMany(p => new[] { p.ClosedBy, p.Assignee }),
                .. Files.SelectMany(f => new[] { f.CreatedBy, f.Withdrawn?.By }),
                .. PlainHistory.Mentioned(events),
                .. WhatNext.Mentioned(State),
                .. Definition.PersonVariables.SelectMany(NamedIn).Cast<Guid?>(),
            ],
            RequestAborted);
        History =
            new PlainHistory(W, Definition, Kind, Names, await people.UserNamesAsync(PlainHistory.ReachedBy(events), RequestAborted)).Tell(
                events);
        Standing = WhatNext.Of(W, Definition, null, State, Names);
        Asked = await requests.OfCaseAsync(id, RequestAborted);
        Chart = await charts.ReadAsync(W, Definition, State.Office, State, Now, RequestAborted);
        var moment = await offices.MomentAsync(State.Office, Definition.Key, State.StartedAt);
        MayWithdraw = await Service.Cases.Attachments.WithdrawFile.PossibleAsync(Definition, State, Caller, Files, offices, store);
        var withdraws = PossibleCaseActs.OnlyWithdraws(Caller.In(State.Office, State.DefinitionKey));
        Acts =
        [
            .. (await PossibleCaseActs.OfAsync(Definition, State, Caller, offices, store)).Acts
                .Select(act => CaseActWords.Of(W, act, withdraws, Definition.ReopenWithinDays)),
        ];
        Bars = Gantt.Draw(W, moment.Calendar, State.StartedAt, State.EndedAt ?? Now, PlannedSteps.Of(Definition, moment), Steps);
        return Page();
    }

    /// <summary>Open tasks that the reader may act on.</summary>
    public IEnumerable<OpenTask> Mine =>
        State.OpenTasks.Where(t => Permissions.MayAct(Caller.In(State.Office, State.DefinitionKey), t.Role, t.Assignee));

    public string NameOf(Guid? user) => user is { } id && Names.TryGetValue(id, out var name) ? name : W["ระบบ", "the service"];

    /// <summary>Who did what, in the order in which they first did something.</summary>
    public IEnumerable<(string Name, string Did)> WhoDidWhat =>
        from pass in Steps.SelectMany(s => s.Passes.Where(p => p.ClosedBy is not null && p.Outcome != TaskOutcomes.Cancelled)
            .Select(p => (s.Step, Pass: p)))
        group pass by pass.Pass.ClosedBy into person
        orderby person.Min(p => p.Pass.ClosedAt)
        select (NameOf(person.Key), string.Join(", ", person.Select(p => PlainHistory.StepName(W, Definition, p.Step.Id)).Distinct()));

    /// <summary>The data of the case, with the names that the definition or its forms give it.</summary>
    public IEnumerable<(string Name, string Value)> Data
    {
        get
        {
            var fields = Definition.Steps.SelectMany(s => s.Form?.Fields ?? []).Concat(Definition.Public?.Form?.Fields ?? [])
                .ToLookup(f => f.Name);
            foreach (var (name, json) in State.Variables)
            {
                using var value = JsonDocument.Parse(json);
                var known = fields[name].FirstOrDefault();
                var label = Definition.Variables.FirstOrDefault(v => v.Name == name)?.Label ?? known?.Label;
                var named = Definition.PersonVariables.Contains(name) ? NamedIn(name).ToList() : [];
                yield return (
                    label is null ? name : W[label],
                    named.Count > 0
                        ? string.Join(", ", named.Select(id => NameOf(id)))
                        : FormEntry.InWords(W, value.RootElement, known?.Format));
            }
        }
    }

    /// <summary>The people whom a piece of the data names.</summary>
    IEnumerable<Guid> NamedIn(string variable)
    {
        if (!State.Variables.TryGetValue(variable, out var json))
            yield break;
        using var value = JsonDocument.Parse(json);
        var given = value.RootElement;
        foreach (var one in given.ValueKind == JsonValueKind.Array ? given.EnumerateArray().ToArray() : [given])
        {
            if (one.ValueKind == JsonValueKind.String && one.TryGetGuid(out var id))
                yield return id;
        }
    }
}
