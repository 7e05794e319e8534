using static ProcessEngine.Core.Definitions.Finding;

namespace ProcessEngine.Core.Definitions;

/// <summary>What is wrong with what a procedure tells people outside.</summary>
static class PublicServiceCheck
{
    public static IEnumerable<Finding> Run(ProcessDefinition definition)
    {
        if (definition.Public is not { } service)
            yield break;
        if (service.Name.Th.Length == 0)
        {
            yield return Fault(
                null, "public-no-name", "เปิดรับคำขอจากภายนอก แต่ไม่มีชื่อบริการ (publicName)",
                "It is open to requests from outside and has no public name (publicName).");
        }

        if (service.Form is null || service.Form.Fields.IsEmpty)
        {
            yield return Fault(
                null, "public-no-form", "เปิดรับคำขอจากภายนอก แต่ไม่มีแบบฟอร์มคำขอ (publicForm) หรือแบบฟอร์มนั้นใช้ไม่ได้",
                "It is open to requests from outside and has no form (publicForm), or one that there is none of.");
        }

        if (service.Purpose.Th.Length == 0)
        {
            yield return Fault(
                null, "public-no-purpose", "เปิดรับคำขอจากภายนอก แต่ไม่ได้บอกวัตถุประสงค์ของการเก็บข้อมูลส่วนบุคคล (publicPurpose)",
                "It is open to requests from outside and does not say what personal data is kept for (publicPurpose).");
        }

        if (service.KeepDays is < 1 or > PublicService.MaxKeepDays)
        {
            yield return Fault(
                null, "public-keep-days", $"publicKeepDays ต้องอยู่ระหว่าง 1 ถึง {PublicService.MaxKeepDays}",
                $"publicKeepDays must be between 1 and {PublicService.MaxKeepDays}.");
        }

        foreach (var text in new[] { service.Name, service.Who, service.Needs, service.Purpose }
            .Where(t => t.Th.Length > PublicService.MaxText || t.En.Length > PublicService.MaxText))
        {
            var begins = text.Th[..Math.Min(40, text.Th.Length)];
            yield return Fault(
                null, "public-too-long", $"ข้อความถึงบุคคลภายนอกยาวเกิน {PublicService.MaxText} ตัวอักษร: {begins}…",
                $"A text for people outside is longer than {PublicService.MaxText} characters.");
        }

        foreach (var unknown in service.Steps.Where(id => definition.FindStep(id) is null))
        {
            yield return Fault(
                unknown, "public-unknown-step", $"publicSteps ระบุขั้นตอน \"{unknown}\" ที่ไม่มี",
                $"publicSteps names a step that does not exist, \"{unknown}\".");
        }

        foreach (var unknown in service.Results.Where(name => !definition.Declares(name)))
        {
            yield return Fault(
                null, "public-unknown-data", $"publicResults ระบุข้อมูล \"{unknown}\" ที่ไม่มี",
                $"publicResults names data that no form and no variable has, \"{unknown}\".");
        }

        if (definition.Find(PublicService.RatingStep) is not null)
        {
            yield return Fault(
                PublicService.RatingStep, "public-reserved-id",
                $"\"{PublicService.RatingStep}\" เป็นรหัสที่ระบบใช้เอง ใช้เป็นรหัสกิจกรรมไม่ได้",
                $"\"{PublicService.RatingStep}\" is the name of the ratings, and not of an activity.");
        }

        // Nobody outside has a task: what the office wants to know it asks by a question.
        foreach (var step in definition.Steps.Where(s => s.Assignments.Concat(s.Levels.SelectMany(l => l.Assignments))
            .Any(a => a.Kind == AssignmentKind.Requester)))
        {
            yield return Fault(
                step.Id, "public-requester-task", "เปิดรับคำขอจากภายนอก ขั้นตอนจึงมอบให้ผู้เริ่มเรื่องไม่ได้",
                "It is open to requests from outside, so that no step can be for whoever started the case.");
        }
    }
}
