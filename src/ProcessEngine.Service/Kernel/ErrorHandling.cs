using Microsoft.AspNetCore.Diagnostics;

namespace ProcessEngine.Service.Kernel;

/// <summary>Whatever goes wrong ends as a problem document. Bugs are logged once, here.</summary>
public static class ErrorHandling
{
    public static void UseProblems(this IApplicationBuilder app) => app.UseProblems((problem, http) => problem.ExecuteAsync(http));

    /// <param name="write">Writes a problem in the shape that the caller reads.</param>
    public static void UseProblems(this IApplicationBuilder app, Func<Problem, HttpContext, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = http => HandleAsync(http, write),
            // Our own handler logs what deserves it; a refused request does not.
            SuppressDiagnosticsCallback = context => context.Exception is RefusedRequestException or BadHttpRequestException
                or OperationCanceledException,
        });
        app.UseStatusCodePages(context => write(Problems.ForStatus(context.HttpContext.Response.StatusCode), context.HttpContext));
    }

    static async Task HandleAsync(HttpContext http, Func<Problem, HttpContext, Task> write)
    {
        var problem = http.Features.Get<IExceptionHandlerFeature>()?.Error switch
        {
            RefusedRequestException e => Problems.From(e.Rejection),
            BadHttpRequestException e => Problems.ForStatus(e.StatusCode),
            // The world is broken, not the request: it may be sent again.
            System.Data.Common.DbException { IsTransient: true } or TimeoutException =>
                Problems.ForStatus(StatusCodes.Status503ServiceUnavailable),
            OperationCanceledException when http.RequestAborted.IsCancellationRequested => null,
            _ => Problems.ForStatus(StatusCodes.Status500InternalServerError),
        };
        if (problem is not null)
            await write(problem, http);
    }
}
