using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Outsiders;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>Who asked for a case from outside, what they are asked, and which files they get.</summary>
public sealed class RequestModel(CaseReader cases, RequestReader requests, AttachmentReader attachments, IMediator mediator) : DeskPage
{
    public ProcessDefinition Definition { get; private set; } = null!;
    public ProcessState State { get; private set; } = null!;
    public KnownRequest? Asked { get; private set; }
    public IReadOnlyList<AttachmentView> Files { get; private set; } = [];
    public string NewKey { get; } = FormRequest.NewKey();
    public LocalizedText? Fault { get; private set; }

    /// <summary>A question that was not stored.</summary>
    public string? Written { get; private set; }

    public bool MayHand => Permissions.Starting.Any(role => Caller.Holds(role, State.Office));

    /// <summary>The tasks at which the reader may ask.</summary>
    public IEnumerable<OpenTask> Askable => Asked is null || Asked.Open is not null ? []
        : State.OpenTasks.Where(t => !t.Paused && Permissions.MayAct(Caller.In(State.Office, State.DefinitionKey), t.Role, t.Assignee));

    public async Task<IActionResult> OnGetAsync(Guid id) => await FindAsync(id) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAskAsync(Guid id, Guid task, int? revision, string? question)
    {
        if (!await FindAsync(id) || Asked is null)
            return NotFound();
        Written = question;
        return await AnswerAsync(
            (await mediator.Send(
                new AskRequester.Command(task, revision, Caller, await HttpContext.IdentifyFormAsync(), Asked, question), RequestAborted))
                .Rejection,
            W["ส่งคำถามแล้ว งานหยุดรอคำตอบ", "Asked; the task waits for the answer."]);
    }

    public async Task<IActionResult> OnPostHandAsync(Guid id, Guid file, bool takes)
    {
        if (!await FindAsync(id) || Asked is null)
            return NotFound();
        return await AnswerAsync(
            (await mediator.Send(
                new HandFile.Command(Caller, await HttpContext.IdentifyFormAsync(), Asked, file, takes), RequestAborted)).Rejection,
            takes ? W["ผู้ขอไม่เห็นไฟล์นี้แล้ว", "The requester does not see it any more."] : W["ส่งไฟล์ให้ผู้ขอแล้ว", "Handed over."]);
    }

    async Task<IActionResult> AnswerAsync(Rejection? refused, string done)
    {
        if (refused is null)
        {
            SetFlash(done);
            return Redirect($"/cases/{State.InstanceId}/request");
        }

        await FindAsync(State.InstanceId);
        var problem = Problems.From(refused);
        Response.StatusCode = problem.Status;
        Fault = SayAll(problem);
        return Page();
    }

    async Task<bool> FindAsync(Guid id)
    {
        if (await cases.FindAsync(id, Caller, RequestAborted) is not { } one)
            return false;
        (Definition, State) = one;
        Asked = await requests.OfCaseAsync(id, RequestAborted);
        Files = [.. (await attachments.ListAsync(
            id, null, Caller, null, Service.Cases.Attachments.AttachFile.MaxFiles, RequestAborted) ?? []).Where(f => f.Withdrawn is null)];
        return true;
    }
}
