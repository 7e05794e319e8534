using System.Globalization;
using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>
/// One act on a case as a whole: first what it takes (a reason, how much, where to), then what it would change, then the act. The case is
/// guarded by the revision that was seen: whoever comes second sees what changed and decides again.
/// </summary>
public sealed class GovernModel(
    CaseReader cases,
    CaseHistory history,
    People people,
    OfficeCalendars offices,
    ProcessStore store,
    DefinitionCatalog definitions,
    Web.Procedures procedures,
    IMediator mediator) : DeskPage
{
    const string MovePrefix = "node.";

    [BindProperty]
    public string? Comment { get; set; }

    [BindProperty]
    public string? Priority { get; set; }

    /// <summary>The limit that is extended or confirmed.</summary>
    [BindProperty]
    public string? Limit { get; set; }

    /// <summary>By how many days, as typed.</summary>
    [BindProperty]
    public string? Days { get; set; }

    /// <summary>Of which kind they are: <c>working_days</c> or <c>calendar_days</c>.</summary>
    [BindProperty]
    public string? Counted { get; set; }

    /// <summary>Which of several things that the case waits for has come.</summary>
    [BindProperty]
    public string? Wait { get; set; }

    [BindProperty]
    public string? ToStep { get; set; }

    [BindProperty]
    public string? ToVersion { get; set; }

    [BindProperty]
    public int? Revision { get; set; }

    public ProcessDefinition Definition { get; private set; } = null!;
    public ProcessState State { get; private set; } = null!;
    public CaseActWords Act { get; private set; } = null!;

    /// <summary>Whether the reader may do it now, as the core says.</summary>
    public bool IsPossible { get; private set; }

    public IReadOnlyList<Step> Steps { get; private set; } = [];
    public IReadOnlyList<OpenDeadline> Limits { get; private set; } = [];
    public IReadOnlyList<OpenWait> Waits { get; private set; } = [];
    public IReadOnlyList<OfficeVersion> Versions { get; private set; } = [];

    /// <summary>Of the version to which the case is to move; null until one is chosen.</summary>
    public ProcessDefinition? Target { get; private set; }

    /// <summary>Where the case rests that the other version does not have under that name, and where each is to stand there.</summary>
    public IReadOnlyList<(string Node, string Name, string? To)> Homeless { get; private set; } = [];

    public FormEntry? Entry { get; private set; }
    public Problem? Refused { get; private set; }
    public IReadOnlyList<HistoryLine> Since { get; private set; } = [];

    /// <summary>Of the page that asks before the act: what it would change.</summary>
    public IReadOnlyList<Consequence>? Preview { get; private set; }

    /// <summary>Of that page: whether there will be a way back for some seconds.</summary>
    public bool CanBeTakenBack { get; private set; }

    public string NewKey { get; } = FormRequest.NewKey();

    public string Address => $"/cases/{State.InstanceId}/govern/{Act.Name}";

    public async Task<IActionResult> OnGetAsync(Guid id, string act, string? limit)
    {
        Limit = limit;
        return await ShowAsync(id, act) ?? Page();
    }

    /// <summary>Back from the question to the form, with everything that was written.</summary>
    public async Task<IActionResult> OnPostEditAsync(Guid id, string act) => await ShowAsync(id, act) ?? Page();

    /// <summary>Nothing is stored: the page says what would change, and asks.</summary>
    public async Task<IActionResult> OnPostReviewAsync(Guid id, string act)
    {
        if (await ShowAsync(id, act) is { } missing)
            return missing;
        var (command, fault) = await CommandAsync(id);
        if (command is { Action: "variables", Changes: { } none } && none.EnumerateObject().All(_ => false))
            (command, fault) = (null, InvalidInput.At(null, "ยังไม่ได้แก้ไขข้อมูลใด", "Nothing was changed."));
        if (command is null)
            return await RefuseAsync(id, fault!);
        var outcome = await mediator.Send(new PreviewCaseAct.Query(command), RequestAborted);
        if (outcome.Rejection is { } rejection)
            return await RefuseAsync(id, rejection);
        var preview = outcome.Value!;
        var names = await people.NamesAsync(
            Consequences.Mentioned(preview).Concat(Entry is null ? [] : Named(command).Cast<Guid?>()), RequestAborted);
        var called = new Dictionary<string, LocalizedText>();
        foreach (var key in Consequences.Called(preview))
        {
            if (await procedures.FindAsync(key, State.Office, RequestAborted) is { } card)
                called[key] = card.Name;
        }

        Preview = new Consequences(W, preview, names, called).Tell();
        CanBeTakenBack = Undoing.CanTakeBack(preview.Before, preview.Changes.Select(c => c.Recorded));
        LetBackShowIt();
        return Page();
    }

    public async Task<IActionResult> OnPostActAsync(Guid id, string act)
    {
        if (await ShowAsync(id, act) is { } missing)
            return missing;
        var (command, fault) = await CommandAsync(id);
        var rejection = command is null ? fault : (await mediator.Send(command, RequestAborted)).Rejection;
        if (rejection is not null)
            return await RefuseAsync(id, rejection);
        SetFlash(Act.Done);
        return Redirect(PageLink.To($"/cases/{id}", ("after", Revision?.ToString(CultureInfo.InvariantCulture))));
    }

    async Task<(ActOnInstance.Command? Command, Rejection? Fault)> CommandAsync(Guid id)
    {
        var faults = new List<FieldError>();
        var (brings, wait) = (Act.Name == "messages", Awaited(faults));
        var data = Changes(faults);
        var command = new ActOnInstance.Command(
            Act.Name, id, Part(faults), Caller, await HttpContext.IdentifyFormAsync() with { IfMatch = Revision },
            Comment?.ReplaceLineEndings("\n").Trim() is { Length: > 0 } said ? said : null, Blank(ToStep), brings ? null : data,
            wait?.Message, wait?.Correlation, brings ? data : null, Rule(faults), Blank(Priority))
        {
            ToVersion = int.TryParse(ToVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null,
            Moves = Act.Name == "migrate" ? MovesSent() : null,
        };
        return faults.Count > 0 ? (null, new InvalidInput([.. faults])) : (command, null);
    }

    OpenWait? Awaited(List<FieldError> faults)
    {
        if (Act.Name != "messages")
            return null;
        var awaited = Waits.Count == 1 ? Waits[0] : Waits.FirstOrDefault(w => w.WaitId.ToString() == Wait);
        if (awaited is null)
            faults.Add(new FieldError("wait", new("ต้องเลือกว่าสิ่งใดมาถึง", "Choose what has come.")));
        return awaited;
    }

    Guid? Part(List<FieldError> faults)
    {
        if (Act.Name is not ("extend" or "confirm"))
            return null;
        if (Guid.TryParse(Limit, out var limit))
            return limit;
        faults.Add(new FieldError("limit", new("ต้องเลือกกำหนดเวลา", "Choose a limit.")));
        return null;
    }

    /// <summary>As the API reads it, with its bounds.</summary>
    DeadlineRule? Rule(List<FieldError> faults)
    {
        if (Act.Name != "extend")
            return null;
        var days = Typed.Number(Days) is { } number ? number.ToString(CultureInfo.InvariantCulture) : Days;
        var (rule, problems) = DeadlineRuleFields.Read(field => field switch
        {
            "rule" => Counted == "calendar_days" ? Counted : "working_days",
            "n" => days,
            _ => null,
        });
        faults.AddRange(problems.Select(p => new FieldError(
            "days", new($"จำนวนวัน: {p.Reason.Th}", $"Number of days: {p.Reason.En}"))));
        return rule;
    }

    JsonElement? Changes(List<FieldError> faults)
    {
        if (Entry is null)
            return null;
        var changes = CorrectedData.Changes(Entry, AsItIs());
        faults.AddRange(Entry.Faults.Select(f => new FieldError(f.Key, f.Value)));
        return changes;
    }

    Dictionary<string, string> MovesSent() => Request.Form
        .Where(f => f.Key.StartsWith(MovePrefix, StringComparison.Ordinal) && f.Value.ToString().Length > 0)
        .ToDictionary(f => f.Key[MovePrefix.Length..], f => f.Value.ToString());

    static string? Blank(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>The form again, with why it was refused, what happened meanwhile, and everything that was written.</summary>
    async Task<IActionResult> RefuseAsync(Guid id, Rejection rejection)
    {
        Refused = Problems.From(rejection);
        Response.StatusCode = Refused.Status;
        foreach (var error in Refused.Errors ?? [])
            Entry?.Refuse(error.Field ?? "", error.Message);
        if (rejection is VariableInvalid { Name: var invalid })
            Entry?.Refuse(invalid, Refused.Message);
        if (rejection is PersonUnknown { Name: var unknown })
            Entry?.Refuse(unknown, Refused.Message);
        if (Revision is { } seen && seen < State.Revision)
        {
            var events = await history.OfAsync(id, RequestAborted);
            var names = await people.NamesAsync(PlainHistory.Mentioned(events), RequestAborted);
            var reached = await people.UserNamesAsync(PlainHistory.ReachedBy(events), RequestAborted);
            var kind = await offices.KindOfAsync(State.Office);
            Since = [.. new PlainHistory(W, Definition, kind, names, reached).Tell(events).Where(line => line.Sequence > seen)];
        }

        return Page();
    }

    async Task<IActionResult?> ShowAsync(Guid id, string act)
    {
        if (!PossibleCaseActs.All.Contains(act) || await cases.FindAsync(id, Caller, RequestAborted) is not var (definition, state))
            return NotFound();
        (Definition, State) = (definition, state);
        var withdraws = PossibleCaseActs.OnlyWithdraws(Caller.In(State.Office, State.DefinitionKey));
        Act = CaseActWords.Of(W, act, withdraws, Definition.ReopenWithinDays);
        IsPossible = (await PossibleCaseActs.OfAsync(Definition, State, Caller, offices, store)).Acts.Contains(act);
        if (act is "move" or "reopen")
            Steps = await PossibleCaseActs.StepsForAsync(act, Definition, State, Caller, offices, store);
        if (act is "extend" or "confirm")
            Limits = [.. State.OpenDeadlines.Where(d => act == "extend" ? d.PausedAt is null : d.AwaitsConfirmation)];
        if (act == "migrate")
            await ShowVersionsAsync();
        if (act == "messages")
            Waits = [.. State.Waits.Where(w => w.Kind == WaitKind.Message)];
        if (act is "variables" or "messages")
            await ShowDataAsync();
        return null;
    }

    async Task ShowVersionsAsync()
    {
        Versions =
        [
            .. (await definitions.VersionsAsync(State.DefinitionKey, State.Office, RequestAborted))
                .Where(v => v.Version != State.DefinitionVersion),
        ];
        if (Versions.FirstOrDefault(v => v.Version.ToString(CultureInfo.InvariantCulture) == ToVersion) is not { } chosen)
            return;
        Target = await definitions.GetAsync(State.DefinitionKey, chosen.Version);
        var sent = Request.HasFormContentType ? MovesSent() : [];
        var rests = State.OpenTasks.Select(t => t.StepId).Concat(State.Waits.Select(x => x.NodeId))
            .Concat(State.OpenDeadlines.Select(d => d.StepId)).Concat(State.Arrivals.Select(a => a.JoinId))
            .Where(node => node.Length > 0).Distinct();
        Homeless =
        [
            .. rests.Where(node => Target.Find(node) is null || sent.ContainsKey(node))
                .Select(node => (node, PlainHistory.StepName(W, Definition, node), sent.GetValueOrDefault(node))),
        ];
    }

    async Task ShowDataAsync()
    {
        var named = CorrectedData.PeopleIn(Definition, State).ToList();
        var choosable = Definition.PersonVariables.Any()
            ? CorrectedData.Choosable(
                await people.MembersAsync(State.Office, RequestAborted), named,
                await people.NamesAsync(named.Cast<Guid?>(), RequestAborted))
            : [];
        // Of what comes from outside only what the definition declares is taken.
        var fields = CorrectedData.FieldsOf(Definition, State)
            .Where(f => Act.Name != "messages" || Definition.Variables.Any(v => v.Name == f.Name)).ToList();
        Entry = (Request.HasFormContentType ? FormEntry.Read(fields, Request.Form) : FormEntry.Of(fields, State.Variables))
            .Naming(Definition.PersonVariables, choosable);
    }

    /// <summary>What the case has, or was asked at its start; the rest is filled in by steps to come.</summary>
    public bool IsThere(Core.Forms.FormField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return State.Variables.ContainsKey(field.Name) || Definition.AskedAtStart.Any(v => v.Name == field.Name);
    }

    /// <summary>The form as the case fills it in.</summary>
    FormEntry AsItIs() => FormEntry.Of(Entry!.Fields, State.Variables).Naming(Definition.PersonVariables, []);

    /// <summary>Those whom the data name before and after.</summary>
    IEnumerable<Guid> Named(ActOnInstance.Command command) => CorrectedData.PeopleIn(Definition, State).Concat(
        CorrectedData.PeopleIn(Definition, State with { Variables = JsonShape.ToRawMap(command.Changes) }));

    /// <summary>The data that the page shows first: those that are corrected, or those that are to come.</summary>
    public bool StandsFirst(Core.Forms.FormField field) => IsThere(field) == (Act.Name == "variables");

    public string WaitName(OpenWait wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return wait.Correlation is { Length: > 0 } about
            ? W[$"หนังสือหรือข้อมูล อ้างถึง {about}", $"letter or data, about {about}"]
            : W["หนังสือหรือข้อมูลจากภายนอก", "letter or data from outside"];
    }

    public string LimitName(OpenDeadline limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        var of = limit.StepId.Length == 0
            ? W["ทั้งกระบวนงาน", "The whole procedure"]
            : PlainHistory.StepName(W, Definition, limit.StepId);
        return W[$"{of} ครบกำหนด {W.DateAndTime(limit.Terms.DueAt)}", $"{of}, due {W.DateAndTime(limit.Terms.DueAt)}"];
    }

    /// <summary>Everything that was written, for the page that asks and sends it on.</summary>
    public IEnumerable<(string Name, string Value)> AsWritten =>
        new (string Name, string? Value)[]
        {
            ("comment", Comment), ("priority", Priority), ("limit", Limit), ("days", Days), ("counted", Counted), ("toStep", ToStep),
            ("wait", Wait), ("toVersion", ToVersion),
        }.Where(f => !string.IsNullOrEmpty(f.Value)).Select(f => (f.Name, f.Value!))
        .Concat(Act.Name == "migrate" ? MovesSent().Select(m => (MovePrefix + m.Key, m.Value)) : [])
        .Concat(Entry?.AsTyped ?? []);

    public static string MoveField(string node) => MovePrefix + node;
}
