using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>Who signs, and in what capacity.</summary>
/// <param name="Lines">
/// Under the name, in the order of the regulations: one's own post and level; by an order what it makes one, for which post, and which
/// order it is.
/// </param>
public sealed record Signature(string Name, IReadOnlyList<string> Lines, string? Date)
{
    public Guid? User { get; init; }
}

/// <summary>A decision, written on the memo by whoever made it (การเกษียน).</summary>
public sealed record Endorsement(string Decision, string? Words, Signature By);

/// <summary>
/// บันทึกข้อความ: a proposal or a report of a case in the form of the regulations on correspondence. Always in Thai, with Thai digits;
/// every date and name in it comes from the audit trail.
/// </summary>
public sealed record Memo(
    string Agency,
    string? Number,
    string Date,
    string Subject,
    string To,
    IReadOnlyList<string> Body,
    IReadOnlyList<string> Points,
    IReadOnlyList<(string Label, string Value)> Substance,
    string Close,
    Signature By,
    IReadOnlyList<Endorsement> Endorsements)
{
    /// <summary>ด่วน, ด่วนมาก, ด่วนที่สุด; null for what is ordinary.</summary>
    public string? Urgency { get; init; }

    public string? Telephone { get; init; }

    /// <summary>What goes along with it.</summary>
    public IReadOnlyList<string> Attachments { get; init; } = [];

    /// <summary>When it got its number; null until it is signed.</summary>
    public string? SignedOn { get; init; }

    /// <summary>The picture at its head, as an address that holds it; null for none.</summary>
    public string? Crest { get; init; }

    static readonly string[] Months =
        [
            "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน",
            "ธันวาคม",
        ];

    /// <summary>The passes through steps that something is proposed or reported in, the newest last.</summary>
    public static IReadOnlyList<(Step Step, StepPass Pass)> PassesOf(IEnumerable<(Step Step, IReadOnlyList<StepPass> Passes)> steps) =>
        [.. steps.Where(s => IsPutBefore(s.Step.Type)).SelectMany(s =>
            s.Passes.Where(p => p.Outcome is not (TaskOutcomes.Cancelled or TaskOutcomes.TimedOut)).Select(p => (s.Step, Pass: p)))
            .OrderBy(p => p.Pass.CreatedAt).ThenBy(p => p.Pass.Attempt).ThenBy(p => p.Pass.TaskId)];

    /// <summary>Whether a memorandum asks for it; false: the work that it tells of.</summary>
    static bool IsPutBefore(StepType type) => type switch
    {
        StepType.Approval or StepType.Acknowledge => true,
        StepType.Task => false,
    };

    public static Memo Of(
        ProcessDefinition definition,
        ProcessState state,
        Office? office,
        (Step Step, StepPass Pass) about,
        IReadOnlyList<(Step Step, IReadOnlyList<StepPass> Passes)> steps,
        IReadOnlyList<PastEvent> events,
        IReadOnlyDictionary<Guid, string> names,
        IReadOnlyDictionary<Guid, string> posts,
        IEnumerable<string> files,
        ProcedureCard? card,
        Func<string, LocalizedText?> ownPost)
    {
        ArgumentNullException.ThrowIfNull(ownPost);
        ArgumentNullException.ThrowIfNull(posts);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        var kind = OfficeKinds.Parse(office?.Kind ?? OfficeKinds.Area);
        var said = CaseHistory.Standing(events).Select(e => e.Event).OfType<ProcessEvent>().Select(SaidOf).Where(s => s.Task != Guid.Empty)
            .ToLookup(s => s.Task, s => s.Comment);
        // What was done before: of each step its newest pass.
        var before = steps.SelectMany(s =>
            s.Passes.Where(p => p.ClosedAt <= about.Pass.CreatedAt && p.ClosedBy is not null && p.TaskId != about.Pass.TaskId)
                .TakeLast(1)
                .Select(p => (s.Step, Pass: p)))
            .OrderBy(p => p.Pass.ClosedAt).ToList();
        var proposer = before.LastOrDefault(p => !IsPutBefore(p.Step.Type));
        if (proposer.Step is null)
            proposer = before.LastOrDefault();
        var endorsed = steps.Where(s => s.Step.Id == about.Step.Id).SelectMany(s =>
            s.Passes.Where(p => p.Attempt == about.Pass.Attempt && p.ClosedBy is not null && p.Outcome != TaskOutcomes.Cancelled));
        var acknowledge = about.Step.Type == StepType.Acknowledge;
        return new Memo(
            Digits($"{office?.NameTh ?? state.Office}{(card?.Group is { Length: > 0 } group ? $" {group}" : "")}"),
            state.BusinessKey is { } number ? Digits(number) : null,
            DateOf(about.Pass.CreatedAt),
            Digits($"{(acknowledge ? "รายงานผล" : "ขอความเห็นชอบ")} {state.Title}"),
            PostName(about.Pass.Role),
            [
                Digits(
                    $"ด้วย{office?.NameTh ?? ""} ได้ดำเนินการตามกระบวนงาน “{definition.Name.Th}” เรื่อง {state.Title} ตั้งแต่วันที่ "
                        + $"{DateOf(state.StartedAt)} บัดนี้ถึงขั้นตอน "
                        + $"“{about.Step.Name.Th}”{(about.Pass.Attempt > 1 ? $" ครั้งที่ {about.Pass.Attempt}" : "")} "
                        + $"ซึ่ง{(card is { SaysTheManual: false } ? "กระบวนงานของสำนักงาน" : "คู่มือปฏิบัติงาน")}กำหนดไว้ว่า "
                        + about.Step.Text.ReplaceLineEndings(" ")),
                before.Count == 0 ? "" : "ผลการดำเนินการที่ผ่านมา ดังนี้",
            ],
            [.. before.Select(p => Digits(
                $"{p.Step.Name.Th} เมื่อวันที่ {DateOf(p.Pass.ClosedAt!.Value)} โดย{NameOf(p.Pass.ClosedBy)} "
                    + $"{Outcome(p.Pass.Outcome)}{(said[p.Pass.TaskId].LastOrDefault() is { } words ? $" ({words})" : "")}"))],
            SubstanceOf(definition, about, events),
            acknowledge ? "จึงเรียนมาเพื่อโปรดทราบ" : "จึงเรียนมาเพื่อโปรดพิจารณา",
            proposer.Step is null
                ? new Signature(NameOf(state.StartedBy), [PostOf(state.StartedBy) ?? PostName(Roles.Officer)], null)
                { User = state.StartedBy }
                : new Signature(NameOf(proposer.Pass.ClosedBy), LinesOf(proposer.Pass), null) { User = proposer.Pass.ClosedBy },
            [.. endorsed.Select(p => new Endorsement(
                Outcome(p.Outcome, acknowledge), said[p.TaskId].LastOrDefault() is { } words ? Digits(words) : null,
                new Signature(NameOf(p.ClosedBy), LinesOf(p), DateOf(p.ClosedAt!.Value)) { User = p.ClosedBy }))])
        {
            Urgency = state.Priority is { } priority ? Priorities.NameOf(priority).Th : null,
            Attachments = [.. files.Select(Digits)],
        };

        // One's own post; by order first one's own, then what the order makes one, and by which order.
        IReadOnlyList<string> LinesOf(StepPass pass)
        {
            var capacity = CapacityView.Of(pass.Role, pass.CapacityKind, pass.CapacityOrder, kind).Named(ownPost(pass.Role));
            if (capacity.OrderNumber is not { } order)
                return [PostOf(pass.ClosedBy) ?? capacity.Text.Th];
            var acting = Enum.Parse<CapacityKind>(pass.CapacityKind!, ignoreCase: true) == CapacityKind.Acting;
            string[] byOrder =
            [
                acting ? "รักษาราชการแทน" : "ปฏิบัติราชการแทน", PostName(pass.Role), Digits($"ตามคำสั่งที่ {order}"),
            ];
            return PostOf(pass.ClosedBy) is { } own ? [own, .. byOrder] : byOrder;
        }

        string PostName(string role) => (ownPost(role) ?? Roles.NameOf(role, kind)).Th;

        string? PostOf(Guid? user) => user is { } id && posts.TryGetValue(id, out var post) && post.Length > 0 ? post : null;

        string NameOf(Guid? user) => user is { } id && names.TryGetValue(id, out var name) ? name : "ระบบ";
    }

    /// <summary>What is proposed or reported, as it was written in the forms.</summary>
    static IReadOnlyList<(string Label, string Value)> SubstanceOf(
        ProcessDefinition definition, (Step Step, StepPass Pass) about, IReadOnlyList<PastEvent> events)
    {
        var history = CaseHistory.Readable(events);
        return
        [
            .. from answers in Proposal.For(definition, about.Step, about.Pass.TaskId, history).Answers
               let form = definition.FindStep(answers.StepId)?.Form?.Fields ?? []
               from field in answers.Fields
               let asked = form.FirstOrDefault(f => f.Name == field.Name)
               let label = asked?.Label ?? definition.Variables.FirstOrDefault(v => v.Name == field.Name)?.Label
               select (
                   Digits((answers.Item is null ? "" : answers.Item + " ") + (label?.Th ?? field.Name)),
                   Digits(FormEntry.InWords(
                       Kernel.Words.Thai, JsonSerializer.Deserialize<JsonElement>(field.Corrected ?? field.Json), asked?.Format))),
        ];
    }

    static (Guid Task, string? Comment) SaidOf(ProcessEvent e) => e switch
    {
        TaskCompleted t => (t.TaskId, t.Comment),
        TaskApproved t => (t.TaskId, t.Comment),
        TaskRejected t => (t.TaskId, t.Comment),
        TaskReturned t => (t.TaskId, t.Comment),
        TaskFailed t => (t.TaskId, t.Comment),
        VoteCast t => (t.TaskId, t.Comment),
        _ => default,
    };

    internal static string Outcome(string? outcome, bool acknowledge = false) => outcome switch
    {
        TaskOutcomes.Approved => "เห็นชอบ",
        TaskOutcomes.Rejected => "ไม่เห็นชอบ",
        TaskOutcomes.Returned => "ส่งกลับแก้ไข",
        TaskOutcomes.Failed => "ดำเนินการไม่สำเร็จ",
        TaskOutcomes.Voted => "ลงมติแล้ว",
        TaskOutcomes.Completed when acknowledge => "ทราบ",
        TaskOutcomes.TimedOut => "หมดเวลารอ",
        TaskOutcomes.Cancelled => "ไม่ต้องทำแล้ว",
        TaskOutcomes.Completed or null => "แล้วเสร็จ",
        _ => throw UnknownKind.Of(outcome),
    };

    /// <summary>๒๑ พฤศจิกายน ๒๕๖๙.</summary>
    internal static string DateOf(DateTimeOffset at)
    {
        var date = Core.Calendar.BangkokTime.DateOf(at);
        // Not to be torn at the end of a line.
        return Digits($"{date.Day}\u00a0{Months[date.Month - 1]}\u00a0{date.Year + Core.Calendar.FiscalYear.BuddhistOffset}");
    }

    /// <summary>๐๙.๓๐ น.</summary>
    internal static string TimeOf(DateTimeOffset at) =>
        Digits(Core.Calendar.BangkokTime.TimeOf(at).ToString("HH.mm", System.Globalization.CultureInfo.InvariantCulture)) + "\u00a0น.";

    static string Digits(string text) => Words.ToThaiDigits(text);
}
