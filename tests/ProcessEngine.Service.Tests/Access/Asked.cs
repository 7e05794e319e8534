using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Tests.Access;

/// <summary>What is asked of an operation: the same of everybody.</summary>
/// <param name="Note">Which of several; empty where it is asked once.</param>
/// <param name="Parts">Of the address, beside the usual ones.</param>
sealed record Asked(string Operation, string Note = "", object? Body = null, string Query = "", params (string Name, string Value)[] Parts)
{
    /// <summary>Everything that is asked, in the order in which it is printed: by what it concerns.</summary>
    public static IEnumerable<Asked> All(Furniture there, Callers callers) =>
    [
        .. Cases(there), .. Tasks(there, callers), .. Definitions(there), .. Office(there, callers), .. Accounts(there, callers),
    ];

    /// <summary>Stands in an address for whoever calls.</summary>
    public const string Self = "self";

    static (string, string) Id(string id) => ("id", id);

    static IEnumerable<Asked> Cases(Furniture there)
    {
        var one = Id(there["case"]);
        const string Why = "เหตุผล";
        yield return new("StartProcessInstance", Body: new { definitionKey = World.KhonKaen, office = "demo", title = "ก" });
        yield return new("ListProcessInstances", "of the office", Query: "?office=demo");
        yield return new("ListProcessInstances", "all that are theirs");
        yield return new("GetProcessInstance", Parts: one);
        yield return new("GetProcessInstanceHistory", Parts: one);
        yield return new("VerifyAudit", Query: $"?instance={there["case"]}");
        yield return new("ListAttachments", Parts: one);
        yield return new("GetAttachmentContent", Parts: [one, ("attachmentId", there["file"])]);
        yield return new("AttachFile", Parts: one);
        yield return new("WithdrawAttachment", Body: new { comment = Why }, Parts: [one, ("attachmentId", there["file"])]);
        yield return new("CancelProcessInstance", Body: new { comment = Why }, Parts: one);
        yield return new("SuspendProcessInstance", Body: new { comment = Why }, Parts: one);
        yield return new("ResumeProcessInstance", Body: new { }, Parts: Id(there["suspended"]));
        yield return new("ReopenProcessInstance", Body: new { toStep = "write", comment = Why }, Parts: Id(there["ended"]));
        var after = int.Parse(there["cancelled.after"], System.Globalization.CultureInfo.InvariantCulture);
        yield return new("UndoProcessInstance", "the director's", Body: new { after }, Parts: Id(there["cancelled"]));
        yield return new("MoveProcessInstance", Body: new { toStep = "sign", comment = Why }, Parts: one);
        yield return new("MigrateProcessInstance", Body: new { toVersion = 1, comment = Why }, Parts: one);
        yield return new("VariablesProcessInstance", Body: new { changes = new { note = "ก" } }, Parts: one);
        yield return new("PriorityProcessInstance", Body: new { priority = "urgent" }, Parts: one);
        yield return new("MessagesProcessInstance", Body: new { name = "answer", correlation = Furniture.Letter }, Parts: Id(there["waiting"]));
        yield return new("SendMessage", Body: new { name = "answer", correlation = Furniture.Letter, office = "demo" });
        yield return new("RetryIncident", Body: new { }, Parts: [Id(there["stuck"]), ("part", there["incident"])]);
        yield return new("RetryIncidentById", Body: new { }, Parts: [Id(there["stuck"]), ("part", there["incident"])]);
        yield return new(
            "ExtendDeadline", Body: new { comment = Why, rule = new { rule = "working_days", n = 2 } }, Parts: [one, ("part", there["deadline"])]);
        yield return new("ConfirmProcessInstanceDeadline", Body: new { }, Parts: one);
        yield return new("ConfirmDeadline", Body: new { }, Parts: [one, ("part", there["deadline"])]);
        yield return new("ListIncidents");
        yield return new("GetSlaCompliance", Query: "?office=demo&to=2026-03-03");
        yield return new("GetFigures", Query: "?office=demo&to=2026-03-03");
        yield return new("GetWorkload", Query: "?office=demo&to=2026-03-03");
        yield return new("GetServiceStatistics", "of the office", Query: "?office=demo");
        yield return new("GetFormStatistics", "of the office", Query: "?office=demo");
        yield return new("ListForms", Query: $"?office=demo&definitionKey={there["workKey"]}&step=write");
        yield return new("GetRegister", "of cases", Query: "?office=demo", Parts: ("name", "notices"));
        yield return new("GetRegister", "of accounts", Query: "?office=demo", Parts: ("name", "people"));
        yield return new("ExportRegister", Body: new { format = "csv", office = "demo" }, Parts: ("name", "notices"));
        yield return new("ExportEventLog", Body: new { format = "xes", office = "demo" });
        yield return new("ListSlaTasks", Query: "?office=demo&to=2026-03-03");
        yield return new("ExportReport", "of the office", Body: new { kind = "compliance", format = "csv", office = "demo" });
        yield return new("ExportReport", "of all that are theirs", Body: new { kind = "compliance", format = "csv" });
        yield return new("GetFormAnswers", Query: $"?office=demo&definitionKey={there["workKey"]}&step=write");
    }

    static IEnumerable<Asked> Tasks(Furniture there, Callers callers)
    {
        var (open, claimed, decision) = (Id(there["case.task"]), Id(there["claimed.task"]), Id(there["proposal.decision"]));
        var why = new { comment = "เหตุผล" };
        yield return new("ListUserTasks");
        yield return new("GetUserTask", "for the officers", Parts: open);
        yield return new("GetUserTask", "for the director", Parts: decision);
        yield return new("GetUserTaskDeadline", Parts: open);
        yield return new("GetUserTaskProposal", "for the director", Parts: decision);
        yield return new("ClaimUserTask", Body: new { }, Parts: open);
        yield return new("ReleaseUserTask", Body: new { }, Parts: claimed);
        yield return new("CompleteUserTask", "nobody's yet", Body: new { }, Parts: open);
        yield return new("CompleteUserTask", "the owner's", Body: new { }, Parts: claimed);
        yield return new("ApproveUserTask", Body: new { }, Parts: decision);
        yield return new("RejectUserTask", Body: why, Parts: decision);
        yield return new("ReturnUserTask", Body: why, Parts: decision);
        yield return new("VoteUserTask", Body: new { vote = "approve" }, Parts: Id(there["vote"]));
        yield return new("FailUserTask", Body: why, Parts: open);
        yield return new("PauseUserTask", Body: why, Parts: open);
        yield return new("ContinueUserTask", Body: why, Parts: Id(there["paused.task"]));
        yield return new("ReassignUserTask", Body: new { assignee = callers.Colleague.Id, comment = "ก" }, Parts: claimed);
        yield return new("CommentsUserTask", Body: why, Parts: open);
        yield return new("UndoUserTask", Body: new { }, Parts: Id(there["undo.task"]));
        yield return new("ConfirmUserTaskDeadline", Body: new { }, Parts: open);
    }

    static IEnumerable<Asked> Definitions(Furniture there)
    {
        var (every, own, work) = (("key", World.KhonKaen), ("key", there["ownKey"]), ("key", there["workKey"]));
        yield return new("ListProcessDefinitions");
        yield return new("ListProcessDefinitions", "the office's own", Query: $"?search={there["ownKey"]}");
        yield return new("GetProcessDefinition", "every office's", Parts: every);
        yield return new("GetProcessDefinition", "the office's own", Parts: own);
        yield return new("ListProcessDefinitionVersions", "the office's own", Parts: own);
        yield return new("DiffVersions", "the office's own", Query: "?from=1&to=1", Parts: own);
        yield return new("Simulate", "every office's", Body: new { cases = 1, arrivalsPerWorkingDay = 1 }, Parts: every);
        yield return new("Simulate", "the office's own", Body: new { cases = 1, arrivalsPerWorkingDay = 1 }, Parts: own);
        yield return new("GetDraft", "the office's own", Query: "?office=demo", Parts: own);
        yield return new("SaveDraft", "of the office", Body: there["draft"], Query: "?office=demo", Parts: own);
        yield return new("SaveDraft", "of every office", Body: there["draft"], Query: "?office=*", Parts: own);
        yield return new("CheckDraft", "the office's own", Body: new { }, Query: "?office=demo", Parts: own);
        yield return new("PublishDraft", "the office's own", Body: new { revision = 2, reason = "ก" }, Query: "?office=demo", Parts: own);
        yield return new("ApproveDraft", "the office's own", Body: new { revision = 2 }, Query: "?office=demo", Parts: own);
        yield return new("ListDraftComments", "the office's own", Query: "?office=demo", Parts: own);
        yield return new("CommentDraft", "the office's own", Body: new { text = "ก" }, Query: "?office=demo", Parts: own);
        yield return new("SettleDraftComment", "the office's own", Body: new { }, Query: "?office=demo", Parts: [own, Id(there["remark"])]);
        yield return new("DiscardDraft", "the office's own", Query: "?office=demo", Parts: own);
        yield return new("RetireVersion", "every office's", Body: new { }, Parts: [work, ("version", "1")]);
        yield return new("RetireVersion", "the office's own", Body: new { }, Parts: [own, ("version", "1")]);
        yield return new("MigrateCases", "a look", Body: new { office = "demo", from = 2, to = 1, preview = true }, Parts: work);
        yield return new("MigrateCases", "in earnest", Body: new { office = "demo", from = 2, to = 1 }, Parts: work);
        yield return new("GetMigration", Parts: [work, Id(there["migration"])]);
    }

    static IEnumerable<Asked> Office(Furniture there, Callers callers)
    {
        var (reference, reason, approvedBy) = ("คำสั่ง 2/2569", "ปิดสำนักงาน", "ผู้อำนวยการ");
        var closing = new { add = new[] { Furniture.Day("2026-08-18") }, reference, reason, approvedBy };
        var holiday = new { add = new[] { Furniture.Day("2026-08-18", "special") }, reference, reason };
        yield return new("CreateOffice", Body: new { code = "third", name = new { th = "สำนักงานที่สาม" }, province = "TH-40" });
        yield return new("ListOffices");
        yield return new("GetOffice");
        yield return new("ListRoles");
        yield return new("ListOfficeRoles");
        yield return new("SetStandIns", Body: new { standIns = new { clerk = "officer" } });
        yield return new("SetPostNames", Body: new { names = new { clerk = new { th = "ธุรการ" } } });
        yield return new("ListResponsibilities");
        yield return new("SetResponsibilities", Body: new { responsibilities = Array.Empty<object>() });
        yield return new("ListOrders");
        yield return new("GetOrder", Parts: ("orderId", there["order"]));
        yield return new(
            "RegisterOrder",
            Body: new { number = "3/2569", kind = "acting", role = Roles.GroupDirector, user = callers.Colleague.Id, from = "2026-05-01", to = "2026-05-30" });
        yield return new("RevokeOrder", Body: new { comment = "ก" }, Parts: ("orderId", there["order"]));
        yield return new("ListHandOvers");
        yield return new("PreviewHandOver", Query: $"?from={callers.Own.Id}&to={callers.Colleague.Id}");
        yield return new("GetHandOver", Parts: ("handOverId", there["handOver"]));
        yield return new("HandOver", Body: new { from = callers.Own.Id, to = callers.Colleague.Id, reason = "ก" });
        yield return new("ContinueHandOver", Body: new { }, Parts: ("handOverId", there["handOver"]));
        yield return new("SearchPersonalData", Body: new { terms = new[] { "ไม่มีผู้ใด" } });
        yield return new("AskForRedaction", Body: new { terms = new[] { "ไม่มีผู้ใด" }, ground = "ก", paper = "1" });
        yield return new("ListRedactions");
        yield return new("ConfirmRedaction", Body: new { }, Parts: ("redactionId", there["redaction"]));
        yield return new("RefuseRedaction", Body: new { reason = "ก" }, Parts: ("redactionId", there["redactionToRefuse"]));
        yield return new("ListRecurrences");
        yield return new("SetRecurrence", Body: new { every = "month", day = "6", title = "ก" });
        yield return new("ClearRecurrence");
        yield return new("GetPublishing");
        yield return new("SetPublishing", Body: new { reviewRequired = true });
        yield return new("ListStepDeadlines");
        yield return new("SetStepDeadline", Body: Furniture.Limit);
        yield return new("ClearStepDeadline");
        yield return new("GetCalendar", "the office's", Query: "?year=2026", Parts: ("calendar", "demo"));
        yield return new("GetCalendar", "national", Query: "?year=2026", Parts: ("calendar", "national"));
        yield return new("GetDueDate", "the office's", Query: "?from=2026-03-02&rule=working_days&n=3", Parts: ("calendar", "demo"));
        yield return new("ChangeCalendar", "the office's", Body: closing, Parts: ("calendar", "demo"));
        yield return new("ChangeCalendar", "national", Body: holiday, Parts: ("calendar", "national"));
        yield return new("ListCalendarChanges", "the office's", Query: "?calendar=demo");
        yield return new("GetCalendarChange", "the office's", Parts: Id(there["change"]));
        yield return new("ListSetAsideWork");
        yield return new("RetrySetAsideWork", Body: new { });
        yield return new("ConfirmClock", Body: new { });
        yield return new("GetSending");
        yield return new("ReleaseSending", Body: new { waiting = "send" });
    }

    static IEnumerable<Asked> Accounts(Furniture there, Callers callers)
    {
        var (own, other, self) = (("user", callers.Own.Id), ("user", callers.Colleague.Id), ("user", Self));
        var program = ("user", callers.Program);
        yield return new("GetMe");
        yield return new("ListNotifications");
        yield return new("ListMembers");
        yield return new("CreateUser", Body: new { userName = "access.new", displayName = "ใหม่", office = "demo", roles = new[] { Roles.Officer } });
        yield return new("ListAuditors");
        yield return new("SetAuditorTerm", "another's", Body: new { until = "2027-01-01" }, Parts: other);
        yield return new("SetMemberRoles", "another's", Body: new { roles = new[] { Roles.Director } }, Parts: other);
        yield return new("SetMemberRoles", "their own", Body: new { roles = new[] { Roles.Director, Roles.Administrator } }, Parts: self);
        yield return new("SetMemberRoles", "a program's", Body: new { roles = new[] { Roles.Clerk } }, Parts: program);
        yield return new("SetMemberRoles", "a program's, that decide", Body: new { roles = new[] { Roles.Director } }, Parts: program);
        yield return new("SetPassword", "their own", Body: new { password = "a-long-enough-password" }, Parts: self);
        yield return new("SetPassword", "another's", Body: new { password = "a-long-enough-password" }, Parts: other);
        yield return new("ResetSecondFactor", "another's", Parts: other);
        yield return new("DeactivateUser", Body: new { reason = "ก" }, Parts: other);
        yield return new("ReactivateUser", Body: new { reason = "ก" }, Parts: ("user", callers.Closed));
        yield return new("ListApiKeys", "their own", Parts: self);
        yield return new("ListApiKeys", "another's", Parts: own);
        yield return new("CreateApiKey", "their own", Body: new { label = "ก" }, Parts: self);
        yield return new("CreateApiKey", "another's", Body: new { label = "ก" }, Parts: own);
        yield return new("CreateApiKey", "a program's", Body: new { label = "ก" }, Parts: program);
        yield return new("RevokeApiKey", "another's", Parts: [own, ("key", there["key"])]);
        yield return new("ListJoinings");
        yield return new("AcceptJoining", Body: new { }, Parts: Id(there["joining"]));
        yield return new("DeclineJoining", Body: new { }, Parts: Id(there["joining"]));
        yield return new("ListAdministrationEvents", "of the office", Query: "?office=demo");
        yield return new("ListAdministrationEvents", "of all that are theirs");
        yield return new("VerifyAdministrationEvents");
        yield return new("StartVerification", "of the office", Body: new { office = "demo" });
        yield return new("StartVerification", "of the installation", Body: new { });
        yield return new("ListVerifications");
        yield return new("GetVerification", "of the office", Parts: Id(there["verification"]));
        yield return new("ListAnchors");
        yield return new("GetAnchor", Parts: ("number", "1"));
    }
}
