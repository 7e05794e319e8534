using ProcessEngine.Core;
using ProcessEngine.Service.Cases.Audit;

namespace ProcessEngine.Service.Web;

/// <summary>A paper that says what a verification found: always in Thai, what _Certificate.cshtml shows and prints.</summary>
/// <param name="OfficeName">Null: the whole installation.</param>
/// <param name="Newest">The newest anchor when the paper was made; null while there is none.</param>
/// <param name="MadeBy">Who printed it.</param>
public sealed record Certificate(
    VerificationView Run, LocalizedText? OfficeName, Anchor? Newest, DateTimeOffset MadeAt, string MadeBy)
{
    public string Title => "ใบรับรองผลการตรวจสอบบันทึก";

    public string Scope => OfficeName?.Th ?? "ทุกสำนักงานในระบบ";

    public bool IsWhole => Run.Faults == 0;
}
