using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Outsiders;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>An officer writes down what somebody asks for on the telephone, by letter or at the office.</summary>
public sealed class OnBehalfModel(RequestDesks desks, RequestTickets tickets, IMediator mediator) : DeskPage
{
    [BindProperty(SupportsGet = true)]
    public string? Office { get; set; }

    [BindProperty(SupportsGet = true, Name = "service")]
    public string? Key { get; set; }

    [BindProperty]
    public string? Channel { get; set; } = RequestChannels.Telephone;

    public IReadOnlyList<(string Office, OfferedService Service)> Services { get; private set; } = [];
    public RequestDesk? Desk { get; private set; }
    public OfferedService? Service { get; private set; }
    public FormEntry Entry { get; private set; } = FormEntry.Of([]);
    public Requester By { get; private set; } = new(null, null, null, null);
    public string Ticket { get; private set; } = "";
    public LocalizedText? Fault { get; private set; }

    /// <summary>Of the request that was just stored; shown once.</summary>
    public string? Link { get; private set; }

    public Guid Filed { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (!await FindAsync())
            return NotFound();
        if (Service is { } service)
        {
            Entry = FormEntry.Of(service.Public.Form!.Fields);
            Ticket = tickets.Give(Office!, service.Definition.Key, service.Public.Form);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!await FindAsync() || Service is not { } service)
            return NotFound();
        var form = await Request.ReadFormAsync(RequestAborted);
        By = new Requester(Text("by.name"), Text("by.organisation"), Text("by.telephone"), Text("by.mail"));
        Entry = FormEntry.Read(service.Public.Form!.Fields, form);
        Ticket = form["ticket"].ToString();
        var refused = tickets.Read(Ticket, Office!, service.Definition.Key) is not { } ticket
            || !RequestTickets.IsSame(ticket, service.Public)
            ? InvalidInput.At(
                null, "หน้านี้เปิดค้างไว้นานเกินไป หรือแบบฟอร์มเปลี่ยนไป ข้อความที่กรอกยังอยู่ ตรวจดูแล้วส่งอีกครั้ง",
                "This page stood open for too long, or the form was changed. What you wrote is still here: look it over and send it again.")
            : RequestChannels.OnBehalf.Contains(Channel) ? await FileAsync(ticket)
            : InvalidInput.At("channel", "เลือกช่องทางที่ผู้ขอติดต่อมา", "Say how they came.");
        if (refused is null)
            return Page();
        if (refused is InvalidInput)
            Ticket = tickets.Give(Office!, service.Definition.Key, service.Public.Form);
        if (refused is FormNotFilled { Problems: var problems })
        {
            foreach (var wrong in problems)
                Entry.Refuse(wrong.Field, wrong.Reason);
        }

        var problem = Problems.From(refused);
        Response.StatusCode = problem.Status;
        Fault = SayAll(problem);
        return Page();

        string? Text(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
    }

    async Task<Rejection?> FileAsync(RequestTicket ticket)
    {
        var outcome = await mediator.Send(
            new FileRequest.Command(
                Desk!, Service!, Caller, Channel!, ticket.Token, By, Entry.ToData(), Service!.Public.Purpose.Th, null), RequestAborted);
        if (outcome.Rejection is null)
        {
            Filed = JsonSerializer.Deserialize<FileRequest.Filed>(outcome.Value!.Body, JsonShape.Options)!.Id;
            Link = $"{Request.Scheme}://{Request.Host}/r/t/{ticket.Token}";
        }

        return outcome.Rejection;
    }

    async Task<bool> FindAsync()
    {
        var offices = await OfficesWhereAsync(Permissions.Starting);
        if (Office is null)
        {
            var all = new List<(string, OfferedService)>();
            foreach (var office in offices)
                all.AddRange((await desks.FindAsync(office, RequestAborted))?.Services.Select(s => (office, s)) ?? []);
            Services = all;
            return true;
        }

        Desk = offices.Contains(Office) ? await desks.FindAsync(Office, RequestAborted) : null;
        Service = Key is null ? null : Desk?.Find(Key);
        return Service is not null;
    }
}
