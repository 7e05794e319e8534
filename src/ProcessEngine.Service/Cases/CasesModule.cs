using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Deadlines;
using ProcessEngine.Service.Cases.HandOvers;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Cases.Migrations;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases;

/// <summary>Cases: what acts on them, what shows them, and the jobs that move them on.</summary>
public sealed class CasesModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton<ProcessStore>();
        services.AddSingleton<DueDeadlines>();
        services.AddSingleton<CaseReader>();
        services.AddSingleton<AwaitedList>();
        services.AddSingleton<TargetVersion>();
        services.AddSingleton<TaskReader>();
        services.AddSingleton<ProposalReader>();
        services.AddSingleton<Inbox>();
        services.AddSingleton<Team>();
        services.AddSingleton<HandOverRegister>();
        services.AddSingleton<HandOverWork>();
        services.AddSingleton<CaseHistory>();
        services.AddSingleton<CaseSteps>();
        services.AddSingleton<CaseList>();
        services.AddSingleton<AttachmentReader>();
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton(settings.Section<AuditOptions>("Audit"));
        services.AddSingleton<AnchorKey>();
        services.AddSingleton<AnchorCopies>();
        services.AddSingleton<StoreVerifier>();
        services.AddSingleton<AnchorVerifier>();
        services.AddSingleton<Verifications>();
        services.AddSingleton<RecordExport>();
        services.AddSingleton<Redactions.PersonalData>();
        services.AddSingleton<Redactions.Redactions>();
        services.AddRecurringJob<SealAnchors>();
        services.AddRecurringJob<VerificationWork>();
        services.AddRecurringJob<DeadlineSweep>();
        services.AddRecurringJob<CaseCalls>();
        services.AddRecurringJob<MigrationWork>();
        services.AddRecurringJob<ReturnedWork>();
        services.AddRecurringJob<SearchKeys>();
        services.AddRecurringJob<EarlierOutcomes>();
    }

    public void MapApi(RouteGroupBuilder api)
    {
        MigrateCases.Map(api);
        StartInstance.Map(api);
        GetInstances.Map(api);
        ActOnInstance.Map(api);
        Instances.UndoCaseAct.Map(api);
        GetUserTasks.Map(api);
        ActOnUserTask.Map(api);
        UndoUserTask.Map(api);
        UserTasks.ConfirmDeadline.Map(api);
        GetHistory.Map(api);
        VerifyAudit.Map(api);
        VerifyStore.Map(api);
        HandOverEndpoints.Map(api);
        GetIncidents.Map(api);
        Attachments.AttachFile.Map(api);
        GetAttachments.Map(api);
        Attachments.WithdrawFile.Map(api);
        Redactions.RedactionEndpoints.Map(api);
    }
}
