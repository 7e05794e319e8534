using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Service.Hosting;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Testing;
using Within = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace ProcessEngine.Service.Tests;

/// <summary>What the service does not start with, and what it says then. That it ends with the code for it is in EndToEnd.Tests.</summary>
public sealed partial class SettingsSpec
{
    string folder = null!;

    [SetUp]
    public void Make() => folder = Directory.CreateTempSubdirectory("processengine-settings-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [TestCase("Database:Provder=sqlite",
        "Database:Provder is no setting; ProcessEngine:Database has ConnectionString, MaxConnections, Provider.")]
    [TestCase("Databse:Provider=sqlite", "Databse is no setting; ProcessEngine has Audit, Backup, Chromium, Clock, DataFolder, Database,")]
    [TestCase("DataFoldr=x", "DataFoldr is no setting; ProcessEngine has ")]
    [TestCase("DataFolder:Path=x", "DataFolder:Path is no setting; ProcessEngine:DataFolder is a single value.")]
    [TestCase("Database=sqlite", "Database is a section, and has no value of its own.")]
    [TestCase("Notifications:HasMail=true", "Notifications:HasMail is no setting; ")]
    [TestCase("Jobs:0=x", "Jobs is no setting; ")]
    public void A_name_that_is_no_setting_is_refused(string setting, string sentence) =>
        Refused(setting).ShouldStartWith("ProcessEngine:" + sentence);

    [TestCase("Database:Provider=oracle", "Database:Provider must be sqlite or postgresql, not \"oracle\".")]
    [TestCase("Database:Provider=postgresql", "Database:ConnectionString is required for postgresql.")]
    [TestCase("Database:ConnectionString=nonsense", "Database:ConnectionString cannot be read for sqlite: ")]
    [TestCase("Database:MaxConnections=1", "Database:MaxConnections must be between 2 and 500, not \"1\".")]
    [TestCase("Database:MaxConnections=-3", "Database:MaxConnections must be between 2 and 500, not \"-3\".")]
    [TestCase("Database:MaxConnections=many", "Database:MaxConnections must be a whole number, not \"many\".")]
    [TestCase("Database:MaxConnections=", "Database:MaxConnections must be a whole number, not \"\".")]
    [TestCase("Deadlines:SweepInterval=0", "Deadlines:SweepInterval must be between 00:00:01 and 00:05:00, not \"00:00:00\".")]
    [TestCase("Deadlines:SweepInterval=-00:00:05", "Deadlines:SweepInterval must be between 00:00:01 and 00:05:00, not \"-00:00:05\".")]
    [TestCase("Deadlines:SweepInterval=5", "Deadlines:SweepInterval must be between 00:00:01 and 00:05:00, not \"5.00:00:00\".")]
    [TestCase("Deadlines:SweepInterval=often",
        "Deadlines:SweepInterval must be a time span such as 00:00:05 or, with days, 5.00:00:00, not \"often\".")]
    [TestCase("LiveInterval=0", "LiveInterval must be between ")]
    [TestCase("DataFolder=", "DataFolder must not be empty.")]
    [TestCase("DataFolder=/dev/null/data", "DataFolder cannot be made: ")]
    [TestCase("ProcessesFolder=/nowhere/processes", "ProcessesFolder must be a folder, not \"/nowhere/processes\".")]
    [TestCase("Chromium=/nowhere/chromium", "Chromium must be a program, or none, not \"/nowhere/chromium\".")]
    [TestCase("Clock:Offset=five days", "Clock:Offset must be a time span such as ")]
    [TestCase("Clock:Offset=1.00:00:00", "Clock:Offset shifts the clock of every deadline; it is refused in Production.")]
    [TestCase("Notifications:PublicUrl=work.example.go.th",
        "Notifications:PublicUrl must be an address such as https://work.example.go.th, not \"work.example.go.th\".")]
    [TestCase("Notifications:SmtpPort=0", "Notifications:SmtpPort must be between 1 and 65535, not \"0\".")]
    [TestCase("Notifications:SmtpTls=perhaps", "Notifications:SmtpTls must be true or false, not \"perhaps\".")]
    [TestCase("Notifications:SmtpHost=smtp://mail", "Notifications:SmtpHost must be the name of a host, not \"smtp://mail\".")]
    [TestCase("Notifications:From=nobody", "Notifications:From must be an e-mail address, not \"nobody\".")]
    [TestCase("Notifications:WebhookHosts=https://chat.example", "Notifications:WebhookHosts must be hosts such as ")]
    [TestCase("Passwords:AtOnce=0", "Passwords:AtOnce must be between 1 and 256, not \"0\".")]
    [TestCase("Passwords:FailuresPerAddress=1", "Passwords:FailuresPerAddress must be between 5 and 100000, not \"1\".")]
    [TestCase("Keys:Certificate=/nowhere/office.pem",
        "Keys:Certificate /nowhere/office.pem cannot be read as a certificate with its private key: ")]
    [TestCase("SignIn:ClientId=office", "SignIn:Authority is required as soon as a provider is set.")]
    [TestCase("SignIn:ClientSecret=geheim", "SignIn:Authority is required as soon as a provider is set.")]
    [TestCase("SignIn:Authority=ftp://provider", "SignIn:Authority must be an address such as ")]
    public void An_impossible_value_is_refused(string setting, string sentence) =>
        Refused(setting).ShouldStartWith("ProcessEngine:" + sentence);

    [TestCase("http://localhost:5000")]
    [TestCase("http://127.0.0.1:0;https://[::1]:5001")]
    [TestCase("http://*:5000")]
    [TestCase(null)]
    public void Where_it_may_listen_it_does(string? urls) => Should.NotThrow(() => ListenAddresses.Refuse(urls));

    [TestCase("http://localhst:5000", "--urls listens on localhost, on an IP address, or on every one (*); \"localhst\" would be taken for every one.")]
    [TestCase("localhost:5000", "--urls must be addresses such as http://localhost:5000, not \"localhost:5000\".")]
    [TestCase("ftp://localhost:5000", "--urls must be addresses such as http://localhost:5000, not \"ftp://localhost:5000\".")]
    public void A_slip_in_the_address_does_not_open_it_to_the_network(string urls, string sentence) =>
        Should.Throw<SettingsException>(() => ListenAddresses.Refuse(urls)).Message.ShouldBe(sentence);

    [Test]
    public void A_refusal_is_one_sentence_on_one_line()
    {
        var said = Refused("Database:Provider=oracle");
        said.ShouldEndWith(".");
        said.ShouldNotContain('\n');
    }

    [Test]
    public void A_secret_is_not_repeated()
    {
        Refused("Database:ConnectionString=Password=geheim;Nonsense=1").ShouldNotContain("geheim");
        Refused("SignIn:ClientSecret=geheim").ShouldNotContain("geheim");
    }

    [TestCase("database:provider=sqlite")]
    [TestCase("DATABASE:MAXCONNECTIONS=8")]
    [TestCase("Clock:Offset=")]
    [TestCase("KeysFolder=")]
    [TestCase("Chromium=none")]
    [TestCase("Notifications:WebhookHosts=chat.example.go.th, 127.0.0.1:8443")]
    public void What_is_possible_is_taken(string setting) => Should.NotThrow(() => Take(setting));

    /// <summary>The table of docs/operations.md: whoever runs it reads no code.</summary>
    [Test]
    public void Every_setting_is_described_with_its_default_and_its_range_and_no_other()
    {
        var rows = Row().Matches(Repository.Read("docs", "operations.md"))
            .ToDictionary(m => m.Groups[1].Value, m => (Default: m.Groups[2].Value, Meaning: m.Groups[3].Value));
        var settings = from section in Take("KeysFolder=").Sections
                       let prefix = section.Key.Length == 0 ? "ProcessEngine:" : $"ProcessEngine:{section.Key}:"
                       from property in ModuleSettings.NamesOf(section.Value.GetType())
                       let unset = Activator.CreateInstance(section.Value.GetType())
                       let byDefault = DefaultOf(property.GetValue(unset))
                       select (Name: prefix + property.Name, Default: byDefault, Range: property.GetCustomAttribute<Within>());
        foreach (var (name, byDefault, range) in settings)
        {
            rows.Remove(name, out var row).ShouldBeTrue($"docs/operations.md has no row for {name} (default {byDefault}).");
            row.Default.ShouldBe(byDefault, name);
            if (range is not null)
                row.Meaning.ShouldContain($"{Limit(range.Minimum)} – {Limit(range.Maximum)}", Case.Sensitive, name);
        }

        rows.Keys.ShouldBeEmpty();
    }

    string Refused(string setting) => Should.Throw<SettingsException>(() => Take(setting)).Message;

    ModuleSettings Take(string setting)
    {
        // As on the command line, the last one counts.
        var builder = WebApplication.CreateBuilder(
            [$"--ProcessEngine:DataFolder={folder}", "--environment=Production", "--ProcessEngine:" + setting]);
        builder.AddProcessEngine();
        return (ModuleSettings)builder.Services.Single(s => s.ServiceType == typeof(ModuleSettings)).ImplementationInstance!;
    }

    static string DefaultOf(object? value) => value switch
    {
        null or "" => "–",
        string path when path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal) =>
            $"`{Path.GetFileName(path)}` beside the program",
        bool flag => flag ? "`true`" : "`false`",
        _ => string.Create(CultureInfo.InvariantCulture, $"`{value}`"),
    };

    static string Limit(object limit) => limit is string text && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
        ? span.ToString("g", CultureInfo.InvariantCulture)
        : Convert.ToString(limit, CultureInfo.InvariantCulture)!;

    [GeneratedRegex(@"^\| `(ProcessEngine:[\w:]+)` \| (.+?) \| (.+?) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
