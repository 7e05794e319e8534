using Microsoft.AspNetCore.Diagnostics;

namespace ProcessEngine.Service.Http;

/// <summary>Whatever goes wrong ends as a problem document. Bugs are logged once, here.</summary>
public static class ErrorHandling
{
    public static void UseProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = HandleAsync,
            // Our own handler logs what deserves it; a refused request does not.
            SuppressDiagnosticsCallback = context => context.Exception is RefusedRequestException or BadHttpRequestException or OperationCanceledException,
        });
        app.UseStatusCodePages(context => Problems.ForStatus(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
    }

    static async Task HandleAsync(HttpContext http)
    {
        var problem = http.Features.Get<IExceptionHandlerFeature>()?.Error switch
        {
            RefusedRequestException e => Problems.From(e.Rejection),
            BadHttpRequestException e => Problems.ForStatus(e.StatusCode),
            // The world is broken, not the request: it may be sent again.
            System.Data.Common.DbException { IsTransient: true } or TimeoutException => Problems.ForStatus(StatusCodes.Status503ServiceUnavailable),
            OperationCanceledException when http.RequestAborted.IsCancellationRequested => null,
            _ => Problems.ForStatus(StatusCodes.Status500InternalServerError),
        };
        if (problem is not null)
            await problem.ExecuteAsync(http);
    }
}
