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
        if (Outages.ProblemOf(http, http.Features.Get<IExceptionHandlerFeature>()?.Error) is { } problem)
            await write(problem, http);
    }
}
