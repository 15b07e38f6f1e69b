import Cryptography
import FoundationEssentials
import HTTPClient
import JSON
import PipelineTesting
import Synchronization
import WebSocket

/// A page in a browser: what a person does in it, and what they see.
///
/// It is used by one test at a time.
package final class BrowserPage: Sendable {
    /// The most bytes of a message: a picture of a page.
    private static let messageBytes = 32 * 1024 * 1024

    private struct State {
        var next = 0
        var complaints: [String] = []
        var requests: [String] = []
    }

    private let socket: WebSocketClient
    private let state = Mutex(State())

    private init(_ socket: WebSocketClient) { self.socket = socket }

    static func open(port: Int) async throws -> BrowserPage {
        let answer = try await HTTPClient().send(
            HTTPClientRequest(.get, "http://127.0.0.1:\(port)/json/list"))
        let targets = try JSONDecoder().decode([JSONValue].self, from: Data(answer.body))
        guard let page = targets.first(where: { $0["type"]?.string == "page" }),
            let id = page["id"]?.string
        else { throw BrowserError("there is no page") }
        var limits = WebSocketLimits()
        limits.messageBytes = messageBytes
        limits.fragments = 100_000
        limits.waitingMessages = 10_000
        let opened = BrowserPage(
            try await WebSocketClient.connect(
                host: "127.0.0.1", port: port, target: "/devtools/page/\(id)", limits: limits))
        for domain in ["Page", "Runtime", "Log", "Accessibility", "Network"] {
            _ = try await opened.call("\(domain).enable")
        }
        // Its window is in front, as that of a person who works in it: else nothing has the focus.
        _ = try await opened.call("Emulation.setFocusEmulationEnabled", ["enabled": true])
        return opened
    }

    func close() async {
        _ = try? await call("Browser.close")  // Its process is ended anyway.
        socket.close()
    }

    /// What went wrong in the page since it was last asked: exceptions, errors that it told the
    /// browser's console, refused sources, requests that were answered with an error.
    package func takeComplaints() -> [String] {
        state.withLock { state in
            defer { state.complaints = [] }
            return state.complaints
        }
    }

    /// The addresses that the page has asked for since this was last called.
    package func takeRequests() -> [String] {
        state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    // MARK: The protocol

    private func call(_ method: String, _ parameters: JSONValue = [:]) async throws -> JSONValue {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        let message: JSONValue = [
            "id": .integer(number), "method": .string(method), "params": parameters,
        ]
        let bytes = try JSONEncoder().encode(message)
        try await socket.send(.text(String(decoding: bytes, as: UTF8.self)))
        while case .text(let text)? = await socket.next() {
            let message = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
            guard message["id"]?.integer == number else {
                note(message)
                continue
            }
            if let error = message["error"] { throw BrowserError("\(method): \(error)") }
            return message["result"] ?? .null
        }
        throw BrowserError("\(method): the browser has gone")
    }

    private func note(_ event: JSONValue) {
        let parameters = event["params"]
        let complaint: JSONValue?
        switch event["method"]?.string {
        case "Runtime.exceptionThrown": complaint = parameters?["exceptionDetails"]
        case "Log.entryAdded":
            let entry = parameters?["entry"]
            complaint = entry?["level"]?.string == "error" ? entry : nil
        case "Runtime.consoleAPICalled":
            let isWrong = ["error", "assert"].contains(parameters?["type"]?.string)
            complaint = isWrong ? parameters?["args"] : nil
        case "Network.requestWillBeSent":
            if let address = parameters?["request"]?["url"]?.string {
                state.withLock { $0.requests.append(address) }
            }
            complaint = nil
        default: complaint = nil
        }
        if let complaint { state.withLock { $0.complaints.append("\(complaint)") } }
    }

    // MARK: What a person does

    /// Goes to an address.
    package func go(to address: String) async throws {
        _ = try await call("Page.navigate", ["url": .string(address)])
        try await wait(for: "document.readyState === 'complete'")
    }

    /// Types into what has the focus.
    package func type(_ text: String) async throws {
        _ = try await call("Input.insertText", ["text": .string(text)])
    }

    /// The codes of keys that write nothing.
    private static let codes = [
        "Enter": 13, "Escape": 27, "Tab": 9, "ArrowDown": 40, "ArrowUp": 38, "End": 35, "Home": 36,
        " ": 32,
    ]

    /// Presses a key, such as `Enter` or `k`, perhaps together with the control key.
    package func press(_ key: String, control: Bool = false) async throws {
        let letter = key.utf8.count == 1 ? key.uppercased().utf8.first.map(Int.init) : nil
        for kind in ["keyDown", "keyUp"] {
            var event: [String: JSONValue] = [
                "type": .string(kind), "key": .string(key), "code": .string(key),
                "windowsVirtualKeyCode": .integer(Self.codes[key] ?? letter ?? 0),
                "modifiers": .integer(control ? 2 : 0),
            ]
            if kind == "keyDown", !control {
                if key == "Enter" { event["text"] = "\r" }
                if key.utf8.count == 1 { event["text"] = .string(key) }
            }
            _ = try await call("Input.dispatchKeyEvent", .object(event))
        }
    }

    /// Clicks on the first element of a selector.
    package func click(_ selector: String) async throws {
        try await wait(for: "document.querySelector(\(Self.text(selector)))")
        _ = try await evaluate("document.querySelector(\(Self.text(selector))).click()")
    }

    /// Chooses in a list, or sets a field, as a person would.
    package func choose(_ value: String, in selector: String) async throws {
        _ = try await evaluate(
            """
            (() => { const field = document.querySelector(\(Self.text(selector)));
            field.value = \(Self.text(value));
            field.dispatchEvent(new Event('input', { bubbles: true })); })()
            """)
    }

    /// Makes the window of this size, as on a phone.
    package func resize(width: Int, height: Int, isPhone: Bool = false) async throws {
        _ = try await call(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .integer(width), "height": .integer(height),
                "deviceScaleFactor": .integer(isPhone ? 2 : 1), "mobile": .bool(isPhone),
            ])
        _ = try await call("Emulation.setTouchEmulationEnabled", ["enabled": .bool(isPhone)])
    }

    /// Runs a script in every page that is opened from now on, before any of its own.
    package func prepare(_ script: String) async throws {
        _ = try await call(
            "Page.addScriptToEvaluateOnNewDocument", ["source": .string(script)])
    }

    /// Freezes the page as a browser does to save energy, or lets it go on.
    package func freeze(_ isFrozen: Bool) async throws {
        _ = try await call(
            "Page.setWebLifecycleState", ["state": .string(isFrozen ? "frozen" : "active")])
    }

    /// Cuts the page off from its server, or lets it reach it again.
    package func cutOff(_ isCut: Bool) async throws {
        _ = try await call(
            "Network.emulateNetworkConditions",
            [
                "offline": .bool(isCut), "latency": 0, "downloadThroughput": -1,
                "uploadThroughput": -1,
            ])
    }

    /// Saves what is downloaded into a folder, without asking.
    package func save(to folder: String) async throws {
        _ = try await call(
            "Page.setDownloadBehavior",
            ["behavior": "allow", "downloadPath": .string(folder)])
    }

    /// Chooses a file in a field, as in the system's own dialog.
    package func upload(_ path: String, in selector: String) async throws {
        let root = try await call("DOM.getDocument", ["depth": 0])
        let field = try await call(
            "DOM.querySelector",
            ["nodeId": root["root"]?["nodeId"] ?? .null, "selector": .string(selector)])
        _ = try await call(
            "DOM.setFileInputFiles",
            ["nodeId": field["nodeId"] ?? .null, "files": [.string(path)]])
    }

    /// Lets the system prefer a theme, `light` or `dark`, and more: `forced-colors: active`.
    package func prefer(theme: String, _ more: [String: String] = [:]) async throws {
        let features = more.merging(["prefers-color-scheme": theme]) { first, _ in first }
        _ = try await call(
            "Emulation.setEmulatedMedia",
            [
                "features": .array(
                    features.map { ["name": .string($0.key), "value": .string($0.value)] })
            ])
    }

    // MARK: What they see

    /// Whether a script gives something true.
    package func isTrue(_ script: String) async throws -> Bool {
        try await evaluate("Boolean(\(script))") == .bool(true)
    }

    /// The whole number that a script gives.
    package func number(_ script: String) async throws -> Int? {
        try await evaluate(script).integer
    }

    /// The text that a script gives.
    package func string(_ script: String) async throws -> String? {
        try await evaluate(script).string
    }

    private func evaluate(_ script: String) async throws -> JSONValue {
        let answer = try await call(
            "Runtime.evaluate",
            [
                "expression": .string(script), "returnByValue": true, "awaitPromise": true,
                "userGesture": true,
            ])
        if let problem = answer["exceptionDetails"] {
            throw BrowserError("\(script): \(problem)")
        }
        return answer["result"]?["value"] ?? .null
    }

    /// The visible text of each element of a selector.
    package func texts(_ selector: String) async throws -> [String] {
        let value = try await evaluate(
            "[...document.querySelectorAll(\(Self.text(selector)))].map((e) => e.innerText)")
        guard case .array(let list) = value else { return [] }
        return list.compactMap(\.string)
    }

    /// Waits until a script gives something true.
    package func wait(for script: String) async throws {
        do {
            try await eventually("in the page: \(script)") {
                // While a page goes, there is none to ask.
                (try? await self.isTrue(script)) == true
            }
        } catch let error as NeverHappened {
            throw BrowserError("\(error); the page complained: \(takeComplaints())")
        }
    }

    /// The roles and names of everything that can be acted on.
    package func controls() async throws -> [(role: String, name: String)] {
        let tree = try await call("Accessibility.getFullAXTree")
        guard case .array(let nodes)? = tree["nodes"] else { return [] }
        let roles: Set = ["button", "link", "textbox", "searchbox", "combobox", "checkbox"]
        return nodes.compactMap { node in
            guard node["ignored"] != .bool(true),
                let role = node["role"]?["value"]?.string, roles.contains(role)
            else { return nil }
            return (role, node["name"]?["value"]?.string ?? "")
        }
    }

    /// A picture of what the window shows, as PNG.
    package func picture() async throws -> [UInt8] {
        let answer = try await call("Page.captureScreenshot", ["format": "png"])
        return Base64.decode(answer["data"]?.string ?? "") ?? []
    }

    private static func text(_ text: String) -> String {
        // A JSON string is a JavaScript string.
        String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
    }
}
