using FluentValidation;
using MediatR;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Outsiders;

/// <summary>
/// Who works on a task asks whoever asked for it. The task waits for an outsider, by the same act as ever: its clocks stand still, as its
/// definition says, until the answer is there or the time for it is over.
/// </summary>
public static class AskRequester
{
    /// <param name="Expected">The revision of the task that the asker saw.</param>
    public sealed record Command(Guid TaskId, int? Expected, Caller Caller, RequestId Id, KnownRequest Request, string? Question)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Question).Given().PlainText(ValidationRules.CommentLength).OverridePropertyName("question");
    }

    internal sealed class Handler(ProcessStore store, OfficeCalendars calendars, RequestOptions options, TimeProvider time)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string InsertSql = """
            INSERT INTO request_question (question_id, instance_id, task_id, question, asked_by, asked_at, give_up_at, parked)
            VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE)
            """;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var (now, row) = (time.GetUtcNow(), request.Request.Row);
            if (request.Request.State.FindOpenTask(request.TaskId) is null)
                return new TaskNotFound(request.TaskId);
            var calendar = (await calendars.MomentAsync(row.Office, row.DefinitionKey, now)).Calendar;
            var question = request.Question!.ReplaceLineEndings("\n").Trim();
            var giveUp = DeadlineCalculation.Compute(new WorkingDays(options.GiveUpAfter), now, calendar).DueAt;
            return await store.ActOnTaskAsync(
                request.TaskId, request.Caller, request.Id,
                (_, actor) => new PauseTask(question) { By = actor, TaskId = request.TaskId, Expected = request.Expected },
                change => ActOnUserTask.Answer(change, request.TaskId),
                cancellationToken,
                (session, at) => session.Enqueue(
                    InsertSql, Guid.CreateVersion7(at), row.InstanceId, request.TaskId, question, request.Caller.UserId, at,
                    giveUp));
        }
    }
}
