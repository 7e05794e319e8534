using System.Runtime.CompilerServices;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>Texts that others read, compared with what was approved (docs/decisions/0005).</summary>
static class Approved
{
    /// <summary>
    /// Fails when the text differs from <c>Approved/Class.Test.approved.txt</c> beside the test; what came lies there as
    /// <c>.received.txt</c>.
    /// </summary>
    public static void Verify(string text, [CallerFilePath] string file = "", [CallerMemberName] string test = "")
    {
        var (received, approved) = (PathOf(file, test, "received"), PathOf(file, test, "approved"));
        File.WriteAllText(received, text.TrimEnd('\n') + "\n");
        File.ReadAllText(received).ShouldBe(Text(file, test), $"Read the difference; if it is meant: mv {received} {approved}");
        File.Delete(received);
    }

    /// <summary>
    /// The same for one of many texts that a test goes through: <c>Approved/name.approved.txt</c>, where the name may have a folder.
    /// </summary>
    public static void VerifyAs(string name, string text, [CallerFilePath] string file = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(file)!, "Approved", name);
        var (received, approved) = (path + ".received.txt", path + ".approved.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(received, text.TrimEnd('\n') + "\n");
        File.ReadAllText(received).ShouldBe(
            File.Exists(approved) ? File.ReadAllText(approved) : "", $"Read the difference; if it is meant: mv {received} {approved}");
        File.Delete(received);
    }

    /// <summary>What was approved; empty when nothing was yet.</summary>
    public static string Text([CallerFilePath] string file = "", [CallerMemberName] string test = "") =>
        PathOf(file, test, "approved") is var approved && File.Exists(approved) ? File.ReadAllText(approved) : "";

    static string PathOf(string file, string test, string what) =>
        Path.Combine(Path.GetDirectoryName(file)!, "Approved", $"{Path.GetFileNameWithoutExtension(file)}.{test}.{what}.txt");
}
