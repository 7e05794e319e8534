using System.Diagnostics;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>
/// Prints a page to PDF with the host's Chromium, which shapes Thai rightly. It gets the page alone: no network, no other file, no script.
/// </summary>
public sealed class PdfPrinter(ServiceOptions options, TimeProvider time) : IDisposable
{
    static readonly string[] UsualPlaces = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    // A browser takes some hundred megabytes: one at a time.
    readonly SemaphoreSlim one = new(1);

    /// <summary>Null where the host has none, or the setting says <c>none</c>.</summary>
    public string? Browser { get; } = options.Chromium switch
    {
        null or "" => Array.Find(UsualPlaces, File.Exists),
        var given => File.Exists(given) ? given : null,
    };

    /// <param name="page">HTML with all that it needs inside, and a policy that lets it load nothing.</param>
    /// <returns>The PDF; null when the browser failed or took too long.</returns>
    public async Task<byte[]?> PrintAsync(string page, CancellationToken ct)
    {
        await one.WaitAsync(ct);
        var folder = Directory.CreateTempSubdirectory("processengine-print-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), page, ct);
            var start = new ProcessStartInfo(Browser!)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                WorkingDirectory = folder,
            };
            foreach (var argument in new[]
            {
                "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
                "--no-pdf-header-footer", "--host-resolver-rules=MAP * ~NOTFOUND",
                // Not by an address without a name either: the proxy is nobody, and stands before this machine, too.
                "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>", "--disable-background-networking",
                $"--user-data-dir={Path.Combine(folder, "profile")}", $"--print-to-pdf={Path.Combine(folder, "page.pdf")}",
            })
            {
                start.ArgumentList.Add(argument);
            }

            // Chromium's own sandbox does not work for root.
            if (Environment.IsPrivilegedProcess)
                start.ArgumentList.Add("--no-sandbox");
            start.ArgumentList.Add(new Uri(Path.Combine(folder, "index.html")).AbsoluteUri);
            using var browser = Process.Start(start)!;
            using var timeout = new CancellationTokenSource(Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
            try
            {
                await Task.WhenAll(
                    browser.StandardError.ReadToEndAsync(either.Token),
                    browser.StandardOutput.ReadToEndAsync(either.Token),
                    browser.WaitForExitAsync(either.Token));
            }
            catch (OperationCanceledException)
            {
                browser.Kill(entireProcessTree: true);
                ct.ThrowIfCancellationRequested();
                return null;
            }

            var pdf = Path.Combine(folder, "page.pdf");
            return File.Exists(pdf) ? await File.ReadAllBytesAsync(pdf, ct) : null;
        }
        finally
        {
            one.Release();
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => one.Dispose();
}
