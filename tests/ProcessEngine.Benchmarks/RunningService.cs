using System.Diagnostics;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Benchmarks;

/// <summary>The built service (or this program as an empty host) in a process of its own.</summary>
sealed class RunningService : IDisposable
{
    readonly Process process;

    RunningService(Process process, Uri address, TimeSpan untilReady) => (this.process, Address, UntilReady) = (process, address, untilReady);

    public Uri Address { get; }

    /// <summary>From the start of the process to the first 200 of /health/ready.</summary>
    public TimeSpan UntilReady { get; }

    /// <summary>Of all its threads so far: what a start costs on a machine that is busy with something else.</summary>
    public TimeSpan ProcessorTime => process.TotalProcessorTime;

    /// <summary>Megabytes of it that are in memory.</summary>
    public double ResidentMegabytes => File.ReadLines($"/proc/{process.Id}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.AsSpan(6).TrimEnd("kB ").Trim(), System.Globalization.CultureInfo.InvariantCulture) / 1024).Single();

    public static async Task<RunningService> StartAsync(string dataFolder, string? connectionString = null, params string[] arguments)
    {
        var address = new Uri($"http://127.0.0.1:{PostgresCluster.FreePort()}");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = dataFolder, RedirectStandardOutput = true };
        foreach (var argument in (string[])[.. arguments is [] ? [Service, "--demo=empty"] : arguments, "--urls", address.ToString()])
            start.ArgumentList.Add(argument);
        start.Environment["ProcessEngine__DataFolder"] = dataFolder;
        // All who measure come from one address, at once.
        start.Environment["ProcessEngine__Passwords__Waiting"] = "1000";
        start.Environment["ProcessEngine__Passwords__WaitingPerAddress"] = "1000";
        start.Environment["ProcessEngine__Database__Provider"] = connectionString is null ? "sqlite" : "postgresql";
        start.Environment["ProcessEngine__Database__ConnectionString"] = connectionString ?? "";

        var begun = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        using var http = new HttpClient { BaseAddress = address };
        while (!await IsReadyAsync(http))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The service ended ({process.ExitCode}) before it was ready.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        return new RunningService(process, address, Stopwatch.GetElapsedTime(begun));
    }

    static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The service's own output folder, with what lies beside it at an office.</summary>
    static string Service
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            var root = here;
            while (!File.Exists(Path.Combine(root.FullName, "ProcessEngine.sln")))
                root = root.Parent ?? throw new InvalidOperationException($"No ProcessEngine.sln above {here.FullName}.");
            return Path.Combine(root.FullName, "src", "ProcessEngine.Service", "bin", here.Parent!.Name, here.Name, "ProcessEngine.Service.dll");
        }
    }

    /// <summary>SIGSTOP: it stands still, and its connections stay open.</summary>
    public void Halt() => Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void GoOn() => Signal("CONT");

    void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
