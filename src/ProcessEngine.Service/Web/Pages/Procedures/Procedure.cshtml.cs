using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Procedures;

/// <summary>One procedure: what it needs, when its steps would be due if it started now, and the form that starts it.</summary>
public sealed class ProcedureModel(
    Web.Procedures procedures,
    DefinitionCatalog definitions,
    OfficeCalendars offices,
    ProcessStore store,
    Database database,
    FlowCharts charts,
    People people,
    IMediator mediator) : DeskPage
{
    public ProcedureCard Card { get; private set; } = null!;
    public ProcessDefinition Definition { get; private set; } = null!;
    public IReadOnlyList<PlannedStep> Plan { get; private set; } = [];
    public IReadOnlyList<Office> Offices { get; private set; } = [];
    public FlowChart Chart { get; private set; } = null!;
    public FormEntry Entry { get; private set; } = null!;
    public string NewKey { get; private set; } = FormRequest.NewKey();
    public Problem? Refused { get; private set; }

    /// <summary>Why the reader cannot start it; null when they can.</summary>
    public Rejection? WhyNot { get; private set; }

    [BindProperty]
    public string? Office { get; set; }

    [BindProperty]
    public string? Title { get; set; }

    [BindProperty]
    public string? Reference { get; set; }

    [BindProperty]
    public bool Numbered { get; set; }

    [BindProperty]
    public string? Priority { get; set; }

    /// <summary>Whether the reader keeps it at the top of the list.</summary>
    public bool Kept { get; private set; }

    /// <summary>The same work as other manuals have it.</summary>
    public IReadOnlyList<ProcedureCard> Twins { get; private set; } = [];

    public IEnumerable<Step> Standards => Definition.Steps.Where(s => s.QualityStandard is not null);

    /// <summary>Whose work it is to name procedures to programs.</summary>
    public bool SeesKey => Caller.Memberships.Any(m => m.Role is Roles.ProcessOwner or Roles.Administrator);

    public static string ValueOf(Priority priority) => JsonNamingPolicy.CamelCase.ConvertName(priority.ToString());

    public async Task<IActionResult> OnGetAsync([FromRoute] string key) => await ShowAsync(key) ?? Page();

    public async Task<IActionResult> OnPostAsync([FromRoute] string key)
    {
        if (await ShowAsync(key) is { } missing)
            return missing;
        Entry = await NamingAsync(FormEntry.Read(Entry.Fields, Request.Form));
        var variables = Entry.ToData();
        var outcome = Entry.Faults.Count > 0
            ? new InvalidInput([.. Entry.Faults.Select(f => new FieldError(f.Key, f.Value))])
            : await mediator.Send(
                new StartInstance.Command(
                    Caller, await HttpContext.IdentifyFormAsync(), key, Office, Title?.Trim(),
                    string.IsNullOrWhiteSpace(Reference) ? null : Reference.Trim(), variables,
                    string.IsNullOrEmpty(Priority) ? null : Priority, Numbered), RequestAborted);
        if (outcome.Rejection is { } rejection)
        {
            Refused = Problems.From(rejection);
            Response.StatusCode = Refused.Status;
            foreach (var error in Refused.Errors ?? [])
                Entry.Refuse(error.Field ?? "", error.Message);
            if ((rejection as VariableInvalid)?.Name is { } invalid)
                Entry.Refuse(invalid, Refused.Message);
            if (rejection is PersonUnknown { Name: var named })
                Entry.Refuse(named, Refused.Message);
            return Page();
        }

        SetFlash(W["เริ่มเรื่องแล้ว", "The case has begun."]);
        return Redirect("/cases/" + outcome.Value!.Location!.Split('/')[^1]);
    }

    public async Task<IActionResult> OnPostKeepAsync([FromRoute] string key, bool kept)
    {
        if (await procedures.FindAsync(key, Caller.Memberships.Select(m => m.Office).FirstOrDefault(), RequestAborted) is null)
            return NotFound();
        await Of<FavouriteProcedures>().SetAsync(Caller.UserId, key, kept, RequestAborted);
        SetFlash(kept
            ? W["ปักไว้บนสุดของรายการกระบวนงานแล้ว", "It stands at the top of the list of procedures."]
            : W["เลิกปักแล้ว", "It is not kept at the top any more."]);
        return Redirect("/procedures/" + key);
    }

    public bool HasSource => Card.FlowSource.Length > 0
        || Definition.FlowNotes.Length + Card.Choices.Count + Card.Remarks.Count + Card.SourceNotes.Count > 0;

    public string SourceName(string source) => source switch
    {
        "diagram" => W["ตามผังงานของคู่มือ", "from the manual's chart"],
        "text" => W["ตามข้อความของคู่มือ", "from the manual's text"],
        "" => W["ไม่ได้ระบุ", "not said"],
        _ => W["ตีความ", "inferred"],
    };

    /// <summary>The box that an arrow leaves, and by which way.</summary>
    public string ArrowName(FlowNote note) =>
        (Definition.FindStep(note.From) is null && Card.Boxes.TryGetValue(note.From, out var box)
            ? $"“{W[box]}”"
            : PlainHistory.StepName(W, Definition, note.From))
        + (FlowPicture.WordOf(Definition, note.From, note.Port, W.English, plainly: true) is { } word ? $" ({word})" : "");

    /// <summary>Which printed text a remark is on.</summary>
    public string NameOf(SourceNote note) => note.Of switch
    {
        "name" => W["ชื่องาน", "Title"],
        "objectives" => W["วัตถุประสงค์", "Objectives"],
        "scope" => W["ขอบเขต", "Scope"],
        "definitionsOfTerms" => W["คำจำกัดความ", "Definitions of terms"],
        "forms" => W["แบบฟอร์ม", "Forms"],
        "references" => W["เอกสารอ้างอิง", "References"],
        "steps" => W["ขั้นตอน", "Steps"],
        _ => W["ทั้งเล่ม", "The whole manual"],
    };

    /// <summary>Whoever is asked for is chosen from the people of the office.</summary>
    async Task<FormEntry> NamingAsync(FormEntry entry) => Office is { } office && Definition.PersonVariables.Any()
        ? entry.Naming(Definition.PersonVariables, await people.MembersAsync(office, RequestAborted))
        : entry;

    async Task<IActionResult?> ShowAsync(string key)
    {
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            var visible = await VisibleOffices.ForAsync(connection, Caller, null);
            Offices = [.. (await connection.QueryAsync<Office>(
                "SELECT code, name_th, name_en, province, kind FROM office ORDER BY code LIMIT 500"))
                .Where(o => visible.Contains(o.Code))];
        }

        if (Offices.FirstOrDefault(o => o.Code == Office) is null)
            Office = Offices.Count > 0 ? Offices[0].Code : null;
        // Each office goes by its own version, if it has one.
        if (await procedures.FindAsync(key, Office, RequestAborted) is not { } card)
            return NotFound();
        Card = card;
        Kept = (await Of<FavouriteProcedures>().ListAsync(Caller.UserId, RequestAborted)).Contains(key);
        Twins = [.. (await procedures.ListAsync(Office, RequestAborted)).Where(c => c.Key != key && c.Work == card.Work)];
        Definition = await definitions.GetAsync(card.Key, card.Version);
        Entry = await NamingAsync(FormEntry.Of(
            FormEntry.FieldsOf(Definition.AskedAtStart),
            Definition.InitialData(ImmutableSortedDictionary<string, string>.Empty, null, BangkokTime.DateOf(store.Now()))));
        Chart = await charts.ReadAsync(W, Definition, Office, null, store.Now(), RequestAborted);
        if (Office is null)
        {
            WhyNot = new NotAllowed("start", Roles.Acting);
            return null;
        }

        var moment = await offices.MomentAsync(Office, Definition.Key, store.Now());
        Plan = PlannedSteps.Of(Definition, moment);
        // The core says who may start; what is still to be filled in does not count.
        var sample = new StartProcess
        {
            By = Caller.In(Office, Definition.Key),
            InstanceId = Guid.CreateVersion7(moment.Now),
            Office = Office,
            Title = "?",
        };
        WhyNot = ProcessDecider.Decide(Definition, ProcessState.NotStarted, sample, moment).Rejection as NotAllowed;
        return null;
    }
}
