using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>What the service is told when it starts.</summary>
/// <param name="Clock">What its clock shows when it starts; null for the true time.</param>
public sealed record ServiceSettings(
    string DataFolder, string Provider, string? ConnectionString = null, DateTimeOffset? Clock = null, bool Demo = true, string? AdministratorKey = null)
{
    public Dictionary<string, string> More { get; init; } = [];
}

/// <summary>The built service in a process of its own, as an office runs it. It can be stopped, and it can be killed.</summary>
public sealed partial class ServiceProcess : IDisposable
{
    const int TerminateSignal = 15;
    const int ContinueSignal = 18;
    const int StopSignal = 19;
    static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);
    static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(40);

    readonly Process process;
    readonly StringBuilder output = new();

    ServiceProcess(ServiceSettings settings)
    {
        process = new Process { StartInfo = StartInfoFor(settings) };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens. The system gave it the port, so that two runs on one machine do not meet.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>All that it wrote so far, for failure messages.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Starts the service and waits until it says that it is ready.</summary>
    public static async Task<ServiceProcess> Start(ServiceSettings settings)
    {
        var service = new ServiceProcess(settings);
        try
        {
            await service.WaitUntilReady();
            return service;
        }
        catch
        {
            service.Dispose();
            throw;
        }
    }

    /// <summary>Starts a service that is expected to refuse its settings.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEnd(ServiceSettings settings)
    {
        using var service = new ServiceProcess(settings);
        await service.WaitForEnd(StartWithin);
        return (service.process.ExitCode, service.Output);
    }

    /// <summary>SIGKILL: nothing of the program runs any more.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>SIGSTOP: it stands still, wherever it is, and its connections stay open.</summary>
    public void Halt()
    {
        SendSignal(process.Id, StopSignal).ShouldBe(0);
        // The signal is sent before each of its threads has stood still.
        SpinWait.SpinUntil(StandsStill, TimeSpan.FromSeconds(30)).ShouldBeTrue("it goes on");
    }

    /// <summary>State T of every thread (proc(5)).</summary>
    bool StandsStill() => Directory.GetDirectories($"/proc/{process.Id}/task").Select(thread => Path.Combine(thread, "stat"))
        .All(file => File.ReadAllText(file) is var stat && stat[stat.LastIndexOf(')') + 2] == 'T');

    /// <summary>SIGCONT: it goes on as if no time had passed.</summary>
    public void GoOn() => SendSignal(process.Id, ContinueSignal).ShouldBe(0);

    /// <summary>SIGTERM, as a service manager sends it, and waits for the end.</summary>
    public async Task Stop()
    {
        _ = SendSignal(process.Id, TerminateSignal);
        await WaitForEnd(StopWithin);
        process.ExitCode.ShouldBe(0, Output);
    }

    /// <summary>A client with a connection pool of its own.</summary>
    public Client As(string key) => new(Address, key);

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    async Task WaitUntilReady()
    {
        Address = await Eventually.Get(() => Task.FromResult(Listening()), StartWithin, () => $"the service does not listen.\n{Output}");
        using var http = new HttpClient { BaseAddress = Address };
        await Eventually.Holds(
            async () =>
            {
                using var answer = await http.GetAsync("/health/ready");
                return answer.IsSuccessStatusCode;
            },
            StartWithin,
            () => $"the service is not ready.\n{Output}");
    }

    Uri? Listening()
    {
        if (process.HasExited)
            throw new ShouldAssertException($"The service ended ({process.ExitCode}) before it was ready.\n{Output}");
        return ListeningLine().Match(Output) is { Success: true } line ? new Uri(line.Groups[1].Value) : null;
    }

    async Task WaitForEnd(TimeSpan within)
    {
        using var tooLong = new CancellationTokenSource(within, TimeProvider.System);
        try
        {
            // Also waits for the last of the output.
            await process.WaitForExitAsync(tooLong.Token);
        }
        catch (OperationCanceledException)
        {
            throw new ShouldAssertException($"The service did not end within {within.TotalSeconds:0} s.\n{Output}");
        }
    }

    void Keep(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.AppendLine(line);
    }

    /// <summary>What the program does instead of serving, by the settings of a service.</summary>
    public static async Task<(int ExitCode, string Told, string Said)> Command(ServiceSettings settings, params string[] command)
    {
        using var process = new Process { StartInfo = StartInfoFor(settings, command) };
        process.Start();
        var (told, said) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, (await told).Trim(), (await said).Trim());
    }

    static ProcessStartInfo StartInfoFor(ServiceSettings settings, params string[] command)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = settings.DataFolder,
        };
        start.ArgumentList.Add(Program());
        foreach (var word in command)
            start.ArgumentList.Add(word);
        if (command.Length == 0)
        {
            if (settings.Demo)
                start.ArgumentList.Add("--demo=empty");
            start.ArgumentList.Add("--urls");
            start.ArgumentList.Add("http://127.0.0.1:0");
        }

        // Nothing of the machine that runs the tests may get in.
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
            start.Environment.Remove(name);
        // It lives for seconds: what the compiler would learn about it pays only later.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["ProcessEngine__DataFolder"] = settings.DataFolder;
        start.Environment["ProcessEngine__Database__Provider"] = settings.Provider;
        start.Environment["ProcessEngine__Deadlines__SweepInterval"] = "00:00:01";
        if (settings.ConnectionString is { } connection)
            start.Environment["ProcessEngine__Database__ConnectionString"] = connection;
        if (settings.AdministratorKey is { } key)
            start.Environment["PROCESSENGINE_BOOTSTRAP_API_KEY"] = key;
        if (settings.Clock is { } clock)
            start.Environment["ProcessEngine__Clock__Offset"] = (clock - TimeProvider.System.GetUtcNow()).ToString("c");
        foreach (var (name, value) in settings.More)
            start.Environment[name] = value;
        return start;
    }

    static bool IsOurs(string name) =>
        name.StartsWith("ProcessEngine", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || name is "DOTNET_ENVIRONMENT" or "DOTNET_URLS" or "URLS" or "MSBUILD_STARTUP_DIRECTORY";

    /// <summary>The service's own output folder, not the copy beside the tests: that is what runs at an office.</summary>
    internal static string Program()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var (framework, configuration) = (here.Name, here.Parent!.Name);
        var program = Path.Combine(Root(), "src", "ProcessEngine.Service", "bin", configuration, framework, "ProcessEngine.Service.dll");
        return File.Exists(program) ? program : throw new InvalidOperationException($"Build the service first: {program} does not exist.");
    }

    /// <summary>Of the repository.</summary>
    internal static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ProcessEngine.sln")))
            root = root.Parent ?? throw new InvalidOperationException($"No ProcessEngine.sln above {AppContext.BaseDirectory}.");
        return root.FullName;
    }

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListeningLine();

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SendSignal(int process, int signal);
}
