using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;

namespace ProcessEngine.Service.Kernel;

/// <summary>
/// What the server itself refuses before any of our code sees it (a request line, a header or a length that is no HTTP) is answered with a
/// problem document, as everything else is.
/// </summary>
/// <remarks>
/// Kestrel tells of each such request on its diagnostic source, when its own answer is not written yet, and lets nobody write into that.
/// So the answer goes out on the connection from here, and what Kestrel writes after it, before it closes the connection, is dropped.
/// </remarks>
sealed class MalformedRequests(DiagnosticListener server) : IHostedService, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    const string Refused = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    IDisposable? listening;

    /// <summary>For every connection that speaks HTTP/1.1.</summary>
    public static void Prepare(ListenOptions endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        endpoint.Use(next => connection =>
        {
            var output = new Output(connection.Transport.Output);
            connection.Transport = new Both(connection.Transport.Input, output);
            connection.Features.Set(output);
            return next(connection);
        });
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        listening = server.Subscribe(this, name => name == Refused);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection features
            && features.Get<Output>() is { } output
            && features.Get<IHttpResponseFeature>() is { HasStarted: false } response)
            output.AnswerInstead(AnswerOf(response.StatusCode));
    }

    static byte[] AnswerOf(int status)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(Problems.ForStatus(status), JsonShape.Options);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nContent-Type: {Problem.ContentType}\r\n"
                + $"Content-Length: {body.Length}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                + $"Connection: close\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => listening?.Dispose();

    sealed record Both(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    sealed class Output(PipeWriter wire) : PipeWriter
    {
        byte[]? dropped;

        public void AnswerInstead(byte[] answer)
        {
            wire.Write(answer);
            dropped = new byte[4096];
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => dropped is null ? wire.GetMemory(sizeHint) : Dropped(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => dropped is null ? wire.GetSpan(sizeHint) : Dropped(sizeHint);

        byte[] Dropped(int sizeHint) => dropped = dropped!.Length >= sizeHint ? dropped : new byte[sizeHint];

        public override void Advance(int bytes)
        {
            if (dropped is null)
                wire.Advance(bytes);
        }

        public override bool CanGetUnflushedBytes => wire.CanGetUnflushedBytes;
        public override long UnflushedBytes => wire.UnflushedBytes;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            wire.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => wire.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => wire.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => wire.CompleteAsync(exception);
    }
}
