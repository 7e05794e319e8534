using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace ProcessEngine.Testing;

public sealed record Mail(string Id, string To, string Subject, string Body);

/// <summary>A mail server and a web server of the test's own.</summary>
public sealed class PostOffice : IAsyncDisposable
{
    readonly TcpListener smtp = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource closing = new();
    readonly List<Mail> mails = [];
    readonly List<JsonNode> posts = [];
    WebApplication web = null!;

    public bool IsDown { get; set; }

    /// <summary>The mail server takes calls and says nothing.</summary>
    public bool IsHanging { get; set; }

    /// <summary>How often the mail server was called.</summary>
    public int Calls { get; private set; }

    public IReadOnlyList<Mail> Mails
    {
        get
        {
            lock (mails)
                return [.. mails];
        }
    }

    public IReadOnlyList<JsonNode> Posts => posts;
    public string Webhook => web.Urls.First() + "/hook";
    public Dictionary<string, string> Settings { get; } = [];

    public static async Task<PostOffice> StartAsync()
    {
        var office = new PostOffice();
        office.smtp.Start();
        _ = office.ServeAsync();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        office.web = builder.Build();
        office.web.MapPost("/hook", async (HttpContext http) => office.posts.Add((await JsonNode.ParseAsync(http.Request.Body))!));
        await office.web.StartAsync();
        foreach (var (name, value) in new (string, string)[]
        {
            ("PublicUrl", "https://work.example/"), ("SmtpHost", "127.0.0.1"),
            ("SmtpPort", ((IPEndPoint)office.smtp.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)),
            ("WebhookHosts", new Uri(office.web.Urls.First()).Authority),
        })
        {
            office.Settings["ProcessEngine:Notifications:" + name] = value;
        }

        return office;
    }

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await smtp.AcceptTcpClientAsync(closing.Token);
                Calls++;
                if (IsHanging)
                {
                    // Until the caller has had enough.
                    await client.GetStream().CopyToAsync(Stream.Null, closing.Token);
                    continue;
                }

                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII);
                await using var writer = new StreamWriter(stream, Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
                await writer.WriteLineAsync(IsDown ? "421 closed" : "220 test");
                var to = "";
                while (!IsDown && await reader.ReadLineAsync(closing.Token) is { } line
                    && !line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
                {
                    if (line.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase))
                        to = line[8..].Trim().Trim('<', '>');
                    if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
                    {
                        await writer.WriteLineAsync("354 go on");
                        var text = new List<string>();
                        while (await reader.ReadLineAsync(closing.Token) is { } part && part != ".")
                            text.Add(part);
                        lock (mails)
                            mails.Add(Read(to, text));
                    }

                    await writer.WriteLineAsync("250 ok");
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>As a mail program shows it.</summary>
    static Mail Read(string to, List<string> lines)
    {
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(string.Join("\r\n", lines)));
        using var mail = MimeMessage.Load(stream);
        return new Mail(mail.MessageId!, to, mail.Subject!, mail.TextBody!);
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        smtp.Stop();
        await web.DisposeAsync();
        closing.Dispose();
    }
}
