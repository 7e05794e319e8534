namespace ProcessEngine.Service.Hosting;

/// <summary>What the program does instead of serving, for whoever sits at the machine.</summary>
public static class Commands
{
    public static bool Knows(string[] args) => AuditCommands.Knows(args) || MachineCommands.Knows(args);

    /// <summary>Until it is done, or until they stop it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(WebApplication app, string[] args)
    {
        ArgumentNullException.ThrowIfNull(app);
        using var stopped = new CancellationTokenSource();
        Console.CancelKeyPress += Stop;
        try
        {
            return AuditCommands.Knows(args)
                ? await AuditCommands.RunAsync(app.Services, args, Console.Out, Console.Error, stopped.Token)
                : await MachineCommands.RunAsync(app.Services, args, Console.Out, Console.Error, stopped.Token);
        }
        finally
        {
            Console.CancelKeyPress -= Stop;
            await app.DisposeAsync();
        }

        void Stop(object? sender, ConsoleCancelEventArgs e)
        {
            e.Cancel = true;
            stopped.Cancel();
        }
    }
}
