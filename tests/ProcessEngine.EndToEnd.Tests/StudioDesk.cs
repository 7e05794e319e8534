using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>
/// Elsa Studio's canvas under somebody's mouse. Places are where things are drawn; what was saved is read from what the service answers.
/// </summary>
public sealed class StudioDesk
{
    // Studio is a WebAssembly program: on a busy machine it takes its time to start.
    const float StartWithin = 120_000;
    const float Within = 30_000;

    readonly Desk desk;
    int saves;
    Task<string>? lastSaved;

    StudioDesk(Desk desk)
    {
        this.desk = desk;
        Page.Response += (_, response) =>
        {
            if (response.Request.Method == "POST" && response.Url.EndsWith("/elsa/api/workflow-definitions", StringComparison.Ordinal))
            {
                lastSaved = response.TextAsync();
                Interlocked.Increment(ref saves);
            }
        };
    }

    public IPage Page => desk.Page;

    public ILocator Panel => Page.Locator("#studio-panel");

    public static async Task<StudioDesk> Open(Desk desk, string path)
    {
        ArgumentNullException.ThrowIfNull(desk);
        var studio = new StudioDesk(desk);
        await desk.Go(path);
        // What cannot be taken back at once is asked first.
        studio.Page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        await studio.Page.Locator(".x6-node .activity-label").First.WaitForAsync(new() { Timeout = StartWithin });
        return studio;
    }

    public ILocator Node(string id) => Page.Locator($".x6-node[data-cell-id=\"{id}\"]");

    public Task<int> Nodes() => Page.Locator(".x6-node").CountAsync();

    public Task<int> Lines() => Page.Locator(".x6-edge").CountAsync();

    async Task<LocatorBoundingBoxResult> Canvas() => (await Page.Locator(".x6-graph").First.BoundingBoxAsync())!;

    /// <summary>Moves what is drawn to the right, from under the picker.</summary>
    public async Task Pan(float by)
    {
        var canvas = await Canvas();
        await Drag((canvas.X + 200, canvas.Y + 60), (canvas.X + 200 + by, canvas.Y + 60));
    }

    async Task Drag((float X, float Y) from, (float X, float Y) to)
    {
        await Page.Mouse.MoveAsync(from.X, from.Y);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync((from.X + to.X) / 2, (from.Y + to.Y) / 2, new() { Steps = 8 });
        await Page.Mouse.MoveAsync(to.X, to.Y, new() { Steps = 8 });
        await Page.Mouse.UpAsync();
    }

    /// <summary>Does something that changes the chart, and waits until it is saved.</summary>
    public async Task Saving(Func<Task> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var before = Volatile.Read(ref saves);
        await change();
        await Eventually.Holds(
            () => Task.FromResult(Volatile.Read(ref saves) > before), TimeSpan.FromMilliseconds(Within), () => "nothing was saved");
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
    }

    /// <summary>Drops a box from the picker on a free place; gives its id.</summary>
    public async Task<string> Drop(string displayName, float x, float y, string group = "ขั้นตอน")
    {
        var known = await Ids();
        await Page.Locator(".mud-expand-panel-header", new() { HasText = group }).ClickAsync();
        var item = Page.Locator("[draggable=true]", new() { HasText = displayName }).First;
        // The list unfolds: before it has, what is taken hold of is its neighbour.
        await Page.Locator(".mud-expand-panel .mud-collapse-entered").First.WaitForAsync();
        await item.HoverAsync();
        var box = (await item.BoundingBoxAsync())!;
        var canvas = await Canvas();
        await Saving(() => Drag((box.X + (box.Width / 2), box.Y + (box.Height / 2)), (canvas.X + x, canvas.Y + y)));
        return (await Ids()).Except(known).ShouldHaveSingleItem();
    }

    async Task<IReadOnlyList<string>> Ids() =>
        await Page.Locator(".x6-node").EvaluateAllAsync<string[]>("nodes => nodes.map(n => n.getAttribute('data-cell-id'))");

    async Task<(float X, float Y)> Port(string node, string port)
    {
        var box = (await Node(node).Locator($".x6-port-body[port=\"{port}\"] circle").First.BoundingBoxAsync())!;
        return (box.X + (box.Width / 2), box.Y + (box.Height / 2));
    }

    /// <summary>A click on the empty canvas: the handles of what is selected cover its ports.</summary>
    public async Task Deselect()
    {
        var canvas = await Canvas();
        await Page.Mouse.ClickAsync(canvas.X + 40, canvas.Y + 40);
    }

    public Task Connect(string from, string port, string to) => Saving(async () =>
    {
        await Deselect();
        await Drag(await Port(from, port), await Port(to, "In"));
    });

    /// <summary>Takes away the line that leaves a port to the right, by the cross that appears on it.</summary>
    public Task Disconnect(string from, string port) => Saving(async () =>
    {
        await Deselect();
        var (x, y) = await Port(from, port);
        await Page.Mouse.MoveAsync(x + 90, y - 40);
        await Page.Mouse.MoveAsync(x + 90, y, new() { Steps = 6 });
        var cross = (await Page.Locator(".x6-edge-tool.x6-cell-tool-button").First.BoundingBoxAsync())!;
        await Page.Mouse.ClickAsync(cross.X + (cross.Width / 2), cross.Y + (cross.Height / 2));
    });

    public async Task Select(string node)
    {
        await Deselect();
        await Node(node).Locator(".activity-label").ClickAsync();
    }

    /// <summary>Selects it until the panel knows: a canvas that draws at that moment takes no click, and a person clicks again.</summary>
    async Task Chosen(string node)
    {
        for (var tries = 1; ; tries++)
        {
            await Select(node);
            try
            {
                await Panel.Locator($"[data-step=\"{node}\"].chosen").WaitForAsync(new() { Timeout = 10_000 });
                return;
            }
            catch (TimeoutException) when (tries < 6)
            {
            }
        }
    }

    ILocator Field(string label) => Page.Locator(".studio-canvas .mud-input-control", new() { HasText = label }).First;

    public Task Choose(string label, string option) => Saving(async () =>
    {
        await Field(label).Locator(".mud-input").First.ClickAsync();
        await Page.Locator(".mud-popover-open").GetByText(option, new() { Exact = true }).ClickAsync();
    });

    public Task Fill(string label, string text) => Saving(async () =>
    {
        await Field(label).Locator("input, textarea").First.FillAsync(text);
        await Page.Keyboard.PressAsync("Tab");
    });

    async Task Menu(string item)
    {
        // The arrow beside the button that publishes.
        await Page.Locator(".studio-canvas button:visible", new() { Has = Page.Locator("path[d='M7 10l5 5 5-5z']") }).First.ClickAsync();
        await Page.Locator(".mud-popover-open .mud-menu-item").GetByText(item, new() { Exact = true }).ClickAsync();
    }

    /// <summary>The file that Studio's own button gives.</summary>
    public async Task<JsonNode> Exported()
    {
        await Menu("Export");
        var download = await Page.RunAndWaitForDownloadAsync(
            () => Page.Locator(".mud-dialog button", new() { HasText = "Export" }).ClickAsync());
        return JsonNode.Parse(await File.ReadAllTextAsync(await download.PathAsync()))!;
    }

    public async Task Import(JsonNode file)
    {
        var chooser = await Page.RunAndWaitForFileChooserAsync(() => Menu("Import"));
        await Page.RunAndWaitForResponseAsync(
            () => chooser.SetFilesAsync(new FilePayload { Name = "definition.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(file.ToJsonString()) }),
            answer => answer.Url.EndsWith("/workflow-definitions/import", StringComparison.Ordinal) && answer.Ok);
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
    }

    public async Task Unpublish()
    {
        await Page.Locator(".x6-node .activity-label").First.WaitForAsync(new() { Timeout = StartWithin });
        await Page.RunAndWaitForResponseAsync(
            () => Menu("Unpublish"), answer => answer.Url.EndsWith("/retract", StringComparison.Ordinal) && answer.Ok);
    }

    public async Task SaveAs(string name)
    {
        await Menu("Save As");
        var dialog = Page.Locator(".mud-dialog");
        await dialog.Locator("input").First.FillAsync(name);
        await dialog.Locator("button").Last.ClickAsync();
        await Page.WaitForURLAsync("**/studio/editor/own.*");
        await Page.Locator(".x6-node .activity-label").First.WaitForAsync(new() { Timeout = StartWithin });
    }

    /// <summary>Types a way out into Studio's editor of outcomes.</summary>
    public Task Outcome(string name) => Saving(async () =>
    {
        await Field("ทางออก").Locator("input").First.ClickAsync();
        await Page.Keyboard.TypeAsync(name);
        await Page.Keyboard.PressAsync("Enter");
    });

    /// <summary>Fills in the lists of a box beside the canvas, and waits until they are stored.</summary>
    public async Task FillIn(string node, params (string Name, string Value)[] fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        await Chosen(node);
        await Panel.Locator($"[data-step=\"{node}\"].chosen").ClickAsync();
        var form = Page.Locator("#studio-step form");
        foreach (var (name, value) in fields)
        {
            var field = form.Locator($"[name=\"{name}\"]");
            if (await field.EvaluateAsync<string>("f => f.tagName") == "SELECT")
                await field.SelectOptionAsync(value);
            else
                await field.FillAsync(value);
        }

        await Page.RunAndWaitForResponseAsync(
            () => form.GetByRole(AriaRole.Button).ClickAsync(), answer => answer.Request.Method == "POST"
                && answer.Url.Contains("/steps/", StringComparison.Ordinal) && answer.Ok, new() { Timeout = Within });
    }

    /// <summary>Waits until a box is drawn with a way out.</summary>
    public Task Shows(string node, string port) =>
        Node(node).Locator($".x6-port-body[port=\"{port}\"]").WaitForAsync(
            new() { Timeout = StartWithin, State = WaitForSelectorState.Attached });

    public Task Tab(string name) => Page.Locator(".mud-tab", new() { HasText = name }).First.ClickAsync();

    /// <summary>Waits until the panel beside the canvas says something.</summary>
    public Task Says(string text) => OrTell(
        $"does not say \"{text}\"", Panel.Filter(new() { HasText = text }).WaitForAsync(new() { Timeout = Within }));

    /// <summary>Publishes by the panel's button, once it may be pressed.</summary>
    public Task Publish() => OrTell(
        "lets nobody publish",
        Panel.GetByRole(AriaRole.Button, new() { Name = "เผยแพร่ให้สำนักงานใช้" }).ClickAsync(new() { Timeout = Within }));

    async Task OrTell(string fault, Task waiting)
    {
        try
        {
            await waiting;
        }
        catch (TimeoutException)
        {
            var last = lastSaved is null ? "" : await lastSaved;
            throw new ShouldAssertException(
                $"The panel {fault} after {saves} saves; it says:\n{await Panel.InnerTextAsync()}\n{string.Join('\n', desk.Complaints)}\nsaved last:\n{last}");
        }
    }
}
