using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Outsiders;

namespace ProcessEngine.Service.Web;

/// <summary>Requests in words, for those inside.</summary>
static class RequestWords
{
    public static string From(Words w, RequestRow request) => string.Join(" · ", new[]
    {
        request.ForgottenAt is not null ? w["ลบชื่อผู้ขอแล้ว", "the name has been deleted"] : request.Name, request.Organisation,
        Channel(w, request.Channel),
    }.OfType<string>());

    public static string Channel(Words w, string channel) => channel switch
    {
        RequestChannels.Page => w["ส่งเองทางหน้าเว็บ", "on the public page"],
        RequestChannels.Telephone => w["ทางโทรศัพท์", "by telephone"],
        RequestChannels.Letter => w["ทางหนังสือ", "by letter"],
        RequestChannels.Counter => w["มาติดต่อด้วยตนเอง", "at the office"],
        _ => channel,
    };
}
