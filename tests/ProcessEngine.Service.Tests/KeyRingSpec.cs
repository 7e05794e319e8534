using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>What seals cookies and second factors belongs to the installation: every node has it, and none starts that cannot read it.</summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class KeyRingSpec(string provider)
{
    World world = null!;
    string folder = null!;

    [SetUp]
    public async Task Start()
    {
        world = await World.StartAsync(provider);
        folder = Directory.CreateTempSubdirectory("processengine-keys-").FullName;
        await world.ExecuteAsync("DELETE FROM protection_key");
    }

    [TearDown]
    public async Task End()
    {
        await world.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>What a node on this database knows of keys.</summary>
    async Task<ServiceProvider> Node(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Append(("DataFolder", folder)).Select(s => KeyValuePair.Create<string, string?>("ProcessEngine:" + s.Item1, s.Item2))).Build();
        var services = new ServiceCollection();
        var module = new ModuleSettings(configuration.GetSection("ProcessEngine"));
        services.AddLogging().AddSingleton(module.Service).AddSingleton<TimeProvider>(world.Clock).AddSingleton<SecondFactor>();
        services.AddSingleton(_ => world.Database);
        KeyRing.Add(services, module);
        var node = services.BuildServiceProvider();
        await node.GetRequiredService<KeyRing>().PrepareAsync(CancellationToken.None);
        return node;
    }

    static IDataProtector Protector(IServiceProvider node) => node.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    /// <summary>A certificate of its own making, in a file with its private key.</summary>
    string Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var file = Path.Combine(folder, name + ".pem");
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return file;
    }

    // Disposing of a node would dispose of the world's database with it.
    [Test]
    public async Task What_one_node_sealed_another_opens()
    {
        var sealedHere = Protector(await Node()).Protect("ก");
        Protector(await Node()).Unprotect(sealedHere).ShouldBe("ก");
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM protection_key")).ShouldBe(1);
    }

    [Test]
    public async Task Keys_of_the_data_folder_move_into_the_database()
    {
        var former = Path.Combine(folder, "keys");
        var sealedBefore = Protector(await Node(("KeysFolder", former))).Protect("ก");
        Directory.GetFiles(former, "*.xml").ShouldHaveSingleItem();
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM protection_key")).ShouldBe(0);

        Protector(await Node()).Unprotect(sealedBefore).ShouldBe("ก");
        Directory.Exists(former).ShouldBeFalse();
        Directory.Exists(former + ".moved").ShouldBeTrue();
        Protector(await Node()).Unprotect(sealedBefore).ShouldBe("ก");
    }

    [TestCase("not xml at all")]
    [TestCase("<key id=\"7f3d5a52-6a43-4c3a-9d9c-0d5f7c7b8a11\" version=\"1\"><creationDate>yesterday</creationDate></key>")]
    public async Task A_damaged_key_stops_the_start_with_a_line_that_names_it(string damaged)
    {
        Protector(await Node()).Protect("ก");
        await world.ExecuteAsync("INSERT INTO protection_key (name, xml, created_at) VALUES ('key-damaged', @damaged, @now)", new { damaged, now = world.Clock.GetUtcNow() });
        var fault = (await Should.ThrowAsync<SettingsException>(() => Node())).Message;
        fault.ShouldContain("the table protection_key");
        fault.ShouldContain("cannot be read");
        fault.ShouldContain(damaged.StartsWith('<') ? "7f3d5a52" : "key-damaged");
    }

    [Test]
    public async Task A_damaged_file_of_the_keys_folder_does_so_too()
    {
        var shared = Path.Combine(folder, "shared");
        Protector(await Node(("KeysFolder", shared))).Protect("ก");
        await File.WriteAllTextAsync(Path.Combine(shared, "key-0.xml"), "<key");
        (await Should.ThrowAsync<SettingsException>(() => Node(("KeysFolder", shared)))).Message.ShouldContain("ProcessEngine:KeysFolder");
    }

    [Test]
    public async Task With_a_certificate_the_database_alone_opens_nothing()
    {
        var (first, second) = (Certificate("first"), Certificate("second"));
        var sealedHere = Protector(await Node(("Keys:Certificate", first))).Protect("ก");
        var stored = await world.ScalarAsync<string>("SELECT xml FROM protection_key");
        stored.ShouldContain("EncryptedData");
        stored.ShouldNotContain("<value>");

        (await Should.ThrowAsync<SettingsException>(() => Node())).Message.ShouldContain("ProcessEngine:Keys:Certificate");
        (await Should.ThrowAsync<SettingsException>(() => Node(("Keys:Certificate", second)))).Message.ShouldContain("ProcessEngine:Keys:OlderCertificates");
        Protector(await Node(("Keys:Certificate", second), ("Keys:OlderCertificates", first))).Unprotect(sealedHere).ShouldBe("ก");
        (await Should.ThrowAsync<SettingsException>(() => Node(("Keys:Certificate", Path.Combine(folder, "none.pem"))))).Message.ShouldContain("none.pem");
    }

    [Test]
    public async Task Second_factors_that_lost_their_keys_are_counted_at_the_start()
    {
        var node = await Node();
        var user = await world.ScalarAsync<object>("SELECT user_id FROM app_user WHERE user_name = 'demo.officer'");
        var secret = node.GetRequiredService<SecondFactor>();
        var officer = new Caller(Guid.Parse($"{user}"), "demo.officer", []);
        var (bytes, _) = secret.Begin(officer.UserId);
        (await secret.ConfirmAsync(officer, bytes, Totp.Code(bytes, Totp.StepOf(world.Clock.GetUtcNow())), CancellationToken.None)).Codes.ShouldNotBeNull();
        (await secret.CountSealedAsync(CancellationToken.None)).ShouldBe(0);
        (await (await Node()).GetRequiredService<SecondFactor>().CountSealedAsync(CancellationToken.None)).ShouldBe(0);

        await world.ExecuteAsync("DELETE FROM protection_key");
        (await (await Node()).GetRequiredService<SecondFactor>().CountSealedAsync(CancellationToken.None)).ShouldBe(1, "and the service starts, so that it can be reset");
    }
}
