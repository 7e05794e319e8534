using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Outsiders;

/// <summary>What whoever asked may do by their link: answer, add a file, rate, ask to be forgotten, give the link up.</summary>
public static class RequesterActs
{
    /// <summary>Files that may come from outside to one case.</summary>
    public const int MaxFiles = 10;

    /// <summary>The question that is open is answered, and the work goes on.</summary>
    public sealed record Answer(KnownRequest Request, Guid QuestionId, string? Text) : IRequest<Outcome<StoredAnswer>>;

    public sealed record AddFile(KnownRequest Request, Upload File) : IRequest<Outcome<StoredAnswer>>;

    public sealed record Rate(KnownRequest Request, JsonElement Answers) : IRequest<Outcome<StoredAnswer>>;

    /// <param name="Revoke">The link is given up; else what is known of the person is to be forgotten.</param>
    public sealed record LetGo(KnownRequest Request, bool Revoke) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class AnswerValidator : AbstractValidator<Answer>
    {
        public AnswerValidator() => RuleFor(c => c.Text).Given().PlainText(ValidationRules.CommentLength).OverridePropertyName("answer");
    }

    internal sealed class FileValidator : AbstractValidator<AddFile>
    {
        public FileValidator()
        {
            RuleFor(c => c.File).Custom((upload, context) =>
            {
                if (FileKinds.Problem(upload.Name, upload.Content) is { } problem)
                    context.AddFailure(new FluentValidation.Results.ValidationFailure("file", problem.En) { CustomState = problem });
            });
        }
    }

    internal sealed class Handler(ProcessStore store, IdempotentWriter writer, TimeProvider time) :
        IRequestHandler<Answer, Outcome<StoredAnswer>>, IRequestHandler<AddFile, Outcome<StoredAnswer>>,
        IRequestHandler<Rate, Outcome<StoredAnswer>>, IRequestHandler<LetGo, Outcome<StoredAnswer>>
    {
        const string AnswerSql =
            "UPDATE request_question SET answer = $2, closed_at = $3 WHERE question_id = $1 AND closed_at IS NULL";
        const string RevokeSql = "UPDATE request SET token_hash = NULL WHERE instance_id = $1";
        const string ForgetSql =
            "UPDATE request SET erasure_asked_at = $2 WHERE instance_id = $1 AND erasure_asked_at IS NULL";

        static readonly StoredAnswer Done = new(StatusCodes.Status200OK, "{}");

        public Task<Outcome<StoredAnswer>> Handle(Answer request, CancellationToken cancellationToken)
        {
            var question = request.Request.Questions.FirstOrDefault(q => q.QuestionId == request.QuestionId);
            var text = request.Text!.ReplaceLineEndings("\n").Trim();
            return question is null
                ? Task.FromResult<Outcome<StoredAnswer>>(new LinkDoesNotHold())
                : store.ActFromOutsideAsync(
                    request.Request.Row.InstanceId, null, Id($"answer-{question.QuestionId:N}", text),
                    (_, actor) => new ContinueTask(text) { By = actor, TaskId = question.TaskId },
                    _ => Done,
                    cancellationToken,
                    (session, now) => session.Enqueue(AnswerSql, question.QuestionId, text, now));
        }

        public async Task<Outcome<StoredAnswer>> Handle(AddFile request, CancellationToken cancellationToken) =>
            request.Request.Files.Count(f => f.Own) >= MaxFiles
                ? new TooMuchOfThis("attachments", MaxFiles)
                : await FileRequest.AttachAsync(
                    store, request.Request.Row.InstanceId, null, request.File, time, cancellationToken);

        public Task<Outcome<StoredAnswer>> Handle(Rate request, CancellationToken cancellationToken) => store.ActFromOutsideAsync(
            request.Request.Row.InstanceId, null, Id($"rate-{request.Request.Row.InstanceId:N}", request.Answers.GetRawText()),
            (_, actor) => new RateService(JsonShape.ToRawMap(request.Answers)) { By = actor },
            _ => Done,
            cancellationToken);

        public Task<Outcome<StoredAnswer>> Handle(LetGo request, CancellationToken cancellationToken) => writer.ExecuteAsync(
            new RequestId(Outside.Id, null, []),
            (session, now) =>
            {
                if (request.Revoke)
                    session.Enqueue(RevokeSql, request.Request.Row.InstanceId);
                else
                    session.Enqueue(ForgetSql, request.Request.Row.InstanceId, now);
                return ValueTask.FromResult<Outcome<StoredAnswer>>(Done);
            },
            () => new TooManyConflicts(),
            cancellationToken);

        // The same again is the same; something else under the same question or rating is told that it comes too late, by the core.
        static RequestId Id(string what, string text)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
            return new RequestId(Outside.Id, $"{what}-{Convert.ToHexStringLower(hash)[..16]}", hash);
        }
    }
}
