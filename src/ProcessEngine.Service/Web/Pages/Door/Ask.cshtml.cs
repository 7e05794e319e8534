using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Outsiders;

namespace ProcessEngine.Service.Web.Pages.Door;

/// <summary>The form by which somebody outside asks for a service.</summary>
[ReadsItsForm]
[RequestSizeLimit(Upload.MaxBodyBytes)]
public sealed class AskModel(
    RequestDesks desks, RequestTickets tickets, RequestReader requests, RequestLimits limits, RequestOptions options, IMediator mediator,
    TimeProvider time) : DoorPage
{
    public RequestDesk? Desk { get; private set; }
    public OfferedService? Service { get; private set; }
    public string Ticket { get; private set; } = "";
    public FormEntry Entry { get; private set; } = FormEntry.Of([]);
    public Requester By { get; private set; } = new(null, null, null, null);
    public bool Agreed { get; private set; }

    /// <summary>Something was written: it is shown again whatever became of the service.</summary>
    public bool Typed { get; private set; }

    public LocalizedText Consent { get; private set; } = new("", "");

    public string? Invalid(string field) => Faults.ContainsKey(field) ? "true" : null;

    public async Task<IActionResult> OnGetAsync(string office, string service)
    {
        if (!await FindAsync(office, service))
            return Nothing();
        Entry = FormEntry.Of(Service!.Public.Form!.Fields);
        Ticket = tickets.Give(office, service, Service.Public.Form);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string office, string service)
    {
        // Before anything is read: who sends too much is not listened to.
        using var turn = await limits.TurnAsync(Sender, office, RequestAborted);
        if (!await FindAsync(office, service))
            return Nothing();
        if (turn is null)
        {
            // What was written is read as far as it is small, and shown again.
            var small = Request.ContentLength is < 200_000;
            if (small)
                await ReadFormAsync();
            Show(small ? tickets.Read(Request.Form["ticket"], office, service) : null);
            RefuseTooMuch();
            return Page();
        }

        var (file, refused) = await ReadFormAsync();
        var ticket = tickets.Read(Request.Form["ticket"], office, service);
        // Sent twice: the second is led to what the first became.
        if (ticket is not null && await requests.FindAsync(ticket.Token, RequestAborted) is not null)
            return Redirect(Address($"/r/t/{ticket.Token}"));
        if (refused is not null || Wrong(ticket) is { } wrong && (refused = wrong) is not null)
        {
            Show(ticket);
            Refuse(refused);
            return Page();
        }

        var outcome = await mediator.Send(
            new FileRequest.Command(
                Desk!, Service!, null, RequestChannels.Page, ticket!.Token, By, Entry.ToData(), Consent.Th, file), RequestAborted);
        if (outcome.Rejection is null || outcome.Rejection is IdempotencyKeyReused)
            return Redirect(Address($"/r/t/{ticket.Token}"));
        Show(ticket);
        if (outcome.Rejection is FormNotFilled { Problems: var problems })
        {
            foreach (var problem in problems)
                Entry.Refuse(problem.Field, problem.Reason);
        }

        Refuse(outcome.Rejection);
        return Page();
    }

    async Task<bool> FindAsync(string office, string service)
    {
        Desk = await desks.FindOpenAsync(office, RequestAborted);
        Service = Desk?.Find(service);
        if (Service is not { Public: var offered })
            return false;
        Consent = new LocalizedText(
            $"{offered.Purpose.Th} เก็บชื่อและที่อยู่ติดต่อของท่านไว้ {offered.KeepDays} วันหลังเรื่องเสร็จ แล้วลบ "
            + "ท่านขอให้ลบก่อนได้จากหน้าติดตามคำขอ",
            $"{offered.Purpose.En} Your name and addresses are kept for {offered.KeepDays} days after the end, and then deleted; "
            + "on the page where you follow the request you may ask for that before.");
        return true;
    }

    async Task<(Upload? File, Rejection? Refused)> ReadFormAsync()
    {
        Rejection? refused = null;
        if (!Request.HasFormContentType)
            throw new BadHttpRequestException("A form is expected.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            await Upload.ReadFormAsync(HttpContext);
        }
        catch (RefusedRequestException e) when (e.Rejection is FileTooLarge)
        {
            refused = e.Rejection;
        }

        var form = Request.Form;
        By = new Requester(Text("by.name"), Text("by.organisation"), Text("by.telephone"), Text("by.mail"));
        Agreed = form["agreed"] == "true";
        Entry = FormEntry.Read(Service!.Public.Form!.Fields, form);
        Typed = true;
        // Of a file input that is empty, browsers send a part without a name.
        return (refused is null && form.Files is [{ Length: > 0 }] ? await Upload.OfAsync(form, RequestAborted) : null, refused);

        string? Text(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
    }

    Rejection? Wrong(RequestTicket? ticket)
    {
        // What nobody sees is filled in by programs only. They are told what people are told.
        if (ticket is null || Request.Form["website"].ToString().Length > 0)
        {
            return InvalidInput.At(
                null, "หน้านี้เปิดค้างไว้นานเกินไป ข้อความที่กรอกยังอยู่ ตรวจดูแล้วส่งอีกครั้ง",
                "This page stood open for too long. What you wrote is still here: look it over and send it again.");
        }

        if (time.GetUtcNow() - ticket.At < options.FilledInAfter)
        {
            return InvalidInput.At(
                null, "ส่งเร็วเกินไป ข้อความที่กรอกยังอยู่ รอสักครู่แล้วส่งอีกครั้ง",
                "That was too fast. What you wrote is still here: wait a moment and send it again.");
        }

        if (!RequestTickets.IsSame(ticket, Service!.Public))
        {
            return InvalidInput.At(
                null, "แบบฟอร์มเปลี่ยนไประหว่างที่ท่านกรอก ข้อความที่กรอกยังอยู่ ตรวจดูช่องที่เปลี่ยนแล้วส่งอีกครั้ง",
                "The form was changed while you filled it in. What you wrote is still here: look it over and send it again.");
        }

        return Agreed
            ? null
            : InvalidInput.At("agreed", "ต้องรับทราบการใช้ข้อมูลส่วนบุคคลก่อนส่ง", "You must agree to how personal data is used.");
    }

    /// <summary>
    /// The form as it was written. With its own ticket where that still holds: it stays one request, and whoever was too fast has not to
    /// wait anew.
    /// </summary>
    void Show(RequestTicket? ticket)
    {
        Ticket = ticket is not null && RequestTickets.IsSame(ticket, Service!.Public)
            ? Request.Form["ticket"].ToString()
            : tickets.Give(Desk!.Office.Code, Service!.Definition.Key, Service.Public.Form!);
        Entry.ToData();
    }
}
