using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Outsiders;

namespace ProcessEngine.Service.Web.Pages.Door;

/// <param name="Tone">Of the tag.</param>
public sealed record PublicStep(string Name, string State, string Tone);

/// <summary>
/// A request, for whoever has its link: what the definition says is public, and nothing else. No names, no comments, no other case.
/// </summary>
[ReadsItsForm]
[RequestSizeLimit(Upload.MaxBodyBytes)]
public sealed class FollowModel(
    RequestReader requests, RequestLimits limits, OfficeCalendars offices, IMediator mediator, TimeProvider time) : DoorPage
{
    public string Token { get; private set; } = "";
    public KnownRequest? Known { get; private set; }
    public PublicService Public { get; private set; } = null!;
    public Office? Office { get; private set; }

    /// <summary>What is asked when it has ended; null: nothing, or it was answered.</summary>
    public FormEntry? Rating { get; private set; }

    /// <summary>An answer that was not stored.</summary>
    public string? Written { get; private set; }

    public string Here => Address($"/r/t/{Token}");
    public string Link => $"{Request.Scheme}://{Request.Host}/r/t/{Token}";

    static readonly TimeSpan New = TimeSpan.FromMinutes(10);

    public bool IsNew => time.GetUtcNow() - Known!.Row.AskedAt < New && Known.Open is null && !Known.State.HasEnded;

    public string? Invalid(string field) => Faults.ContainsKey(field) ? "true" : null;

    public async Task<IActionResult> OnGetAsync(string token)
    {
        if (await FindAsync(token) is { } nothing)
            return nothing;
        Response.Headers["X-Robots-Tag"] = "noindex";
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string token)
    {
        if (await FindAsync(token) is { } nothing)
            return nothing;
        using var turn = await limits.TurnAsync(Sender, Known!.Row.Office, RequestAborted);
        if (turn is null)
        {
            RefuseTooMuch();
            return Page();
        }

        if (!Request.HasFormContentType)
            throw new BadHttpRequestException("A form is expected.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            await Upload.ReadFormAsync(HttpContext);
        }
        catch (RefusedRequestException e)
        {
            Refuse(e.Rejection);
            return Page();
        }

        var (refused, gone) = await ActAsync();
        if (refused is null)
            return gone ? Redirect(Address($"/r/{Known.Row.Office}")) : Redirect(Here);
        Refuse(refused);
        return Page();
    }

    async Task<(Rejection? Refused, bool Gone)> ActAsync()
    {
        var form = Request.Form;
        switch (form["act"].ToString())
        {
            case "answer" when Guid.TryParse(form["question"], out var question):
                Written = form["answer"];
                return ((await mediator.Send(new RequesterActs.Answer(Known!, question, Written), RequestAborted)).Rejection, false);
            case "file" when form.Files is [{ Length: > 0 }]:
                var upload = await Upload.OfAsync(form, RequestAborted);
                return ((await mediator.Send(new RequesterActs.AddFile(Known!, upload), RequestAborted)).Rejection, false);
            case "rate" when Public.Rating is { } rating:
                var entry = FormEntry.Read(rating.Fields, form);
                var rated = (await mediator.Send(new RequesterActs.Rate(Known!, entry.ToData()), RequestAborted)).Rejection;
                if (rated is FormNotFilled { Problems: var problems })
                {
                    foreach (var problem in problems)
                        entry.Refuse(problem.Field, problem.Reason);
                    Rating = entry;
                }

                return (rated, false);
            case "forget":
                return ((await mediator.Send(new RequesterActs.LetGo(Known!, Revoke: false), RequestAborted)).Rejection, false);
            case "revoke" when form["sure"] == "true":
                return ((await mediator.Send(new RequesterActs.LetGo(Known!, Revoke: true), RequestAborted)).Rejection, true);
            case "revoke":
                return (InvalidInput.At("sure", "ทำเครื่องหมายยืนยันก่อนยกเลิกลิงก์", "Tick the box before the link is ended."), false);
            case "file":
                return (InvalidInput.At("file", "ยังไม่ได้เลือกไฟล์", "No file was chosen."), false);
            default:
                return (InvalidInput.At(null, "คำสั่งนี้ใช้กับคำขอนี้ไม่ได้", "That cannot be done to this request."), false);
        }
    }

    async Task<IActionResult?> FindAsync(string token)
    {
        Token = token;
        if (!limits.MayTry(Sender))
        {
            RefuseTooMuch();
            return new StatusCodeResult(StatusCodes.Status429TooManyRequests);
        }

        Known = await requests.FindAsync(token, RequestAborted);
        if (Known is null)
        {
            limits.WasWrong(Sender);
            return Nothing();
        }

        // A version whose author has closed the door since: those who came through it go on.
        Public = Known.Definition.Public ?? new PublicService { Name = Known.Definition.Name };
        Office = await offices.FindOfficeAsync(Known.Row.Office, RequestAborted);
        Rating = Known.State is { HasEnded: true, RatedAt: null } && Public.Rating is { } rating ? FormEntry.Of(rating.Fields) : null;
        return null;
    }

    public (string Text, string Tone) StateNow => Known!.State.Status switch
    {
        InstanceStatus.Completed => (W["ดำเนินการเสร็จแล้ว", "It is done"] + EndText, "good"),
        InstanceStatus.Cancelled => (W["คำขอนี้ถูกยกเลิก สอบถามสำนักงานได้", "It was called off; ask the office why"], "bad"),
        InstanceStatus.Suspended => (W["พักไว้ชั่วคราว", "It stands still for now"], "warn"),
        _ when Known.Open is not null => (W["รอคำตอบจากท่าน", "It waits for your answer"], "warn"),
        _ => (W["สำนักงานกำลังดำเนินการ", "The office works on it"], ""),
    };

    string EndText => Known!.State.Outcome is { } outcome and not CaseOutcomes.Completed
        ? ": " + CaseWords.Ended(W, outcome, Known.Definition)
        : "";

    /// <summary>The day, and what it is counted from.</summary>
    public string Promise
    {
        get
        {
            if (Known!.State.OpenDeadlines.FirstOrDefault(d => d.StepId.Length == 0) is not { } clock)
                return W["ไม่ได้กำหนดเวลาไว้", "no time is stated"];
            var why = RuleWords.Of(W, clock.Terms.Rule);
            var since = W.Date(clock.Terms.ReceivedAt);
            if (clock.PausedAt is not null)
            {
                return W[
                    $"เวลาหยุดนับระหว่างรอ ({why} นับจาก {since})", $"the time stands still while it waits ({why}, counted from {since})"];
            }

            var late = clock.Terms.DueAt < time.GetUtcNow()
                ? W[" เลยกำหนดแล้ว สำนักงานได้รับแจ้งแล้ว", " It is late; the office has been told."] : "";
            return W[
                $"{W.DayAndDate(BangkokTime.DateOf(clock.Terms.DueAt))} ({why} นับจาก {since}){late}",
                $"{W.DayAndDate(BangkokTime.DateOf(clock.Terms.DueAt))} ({why}, counted from {since}){late}"];
        }
    }

    public IReadOnlyList<PublicStep> Steps =>
    [
        .. Known!.Definition.Steps.Where(s => Public.Steps.Contains(s.Id)).Select(step =>
        {
            if (Known.State.HasOpenTaskOf(step.Id))
                return new PublicStep(W[step.Name], W["กำลังทำ", "at work"], "");
            return Known.State.FindStep(step.Id)?.Last is { } last and not { Outcome: TaskOutcomes.Cancelled }
                ? new PublicStep(W[step.Name], $"{CaseWords.Outcome(W, last.Outcome)} {W.Date(last.At)}", "good")
                : new PublicStep(W[step.Name], Known.State.HasEnded ? W["ไม่ได้ทำ", "not needed"] : W["ยังไม่ถึง", "to come"], "quiet");
        }),
    ];

    public IEnumerable<(string Label, string Value)> Results
    {
        get
        {
            foreach (var name in Public.Results)
            {
                if (!Known!.State.Variables.TryGetValue(name, out var json) || json is "null" or "\"\"")
                    continue;
                var asked = Known.Definition.Steps.SelectMany(s => s.Form?.Fields ?? []).Concat(Public.Form?.Fields ?? [])
                    .FirstOrDefault(f => f.Name == name);
                var label = asked?.Label ?? Known.Definition.Variables.FirstOrDefault(v => v.Name == name)?.Label;
                yield return (
                    label is null ? name : W[label], FormEntry.InWords(W, JsonSerializer.Deserialize<JsonElement>(json), asked?.Format));
            }
        }
    }
}
