import FoundationEssentials
import HTTPClient
package import JSON

/// One session of a WebDriver: one browser that a driver commands.
///
/// The commands and errors are those of W3C WebDriver Level 2 (https://www.w3.org/TR/webdriver2/);
/// what the standard lacks, chromedriver has under names of its own (``devTools(_:_:)``,
/// ``log(_:)``). It is used by one task at a time, as a driver obeys one command after the other.
package struct WebDriver: Sendable {
    /// An element of a page as the driver knows it, until the page replaces it.
    package struct Element: Sendable, Hashable {
        /// What an element's reference is filed under (section 12.1).
        static let key = "element-6066-11e4-a52e-4f735466cecf"

        let id: String

        init?(_ value: JSONValue?) {
            guard let id = value?[Self.key]?.string else { return nil }
            self.id = id
        }
    }

    /// How long a script, or the loading of a page, may take, in milliseconds.
    ///
    /// Nothing here is measured by it: only what is broken takes so long.
    private static let limit = 180_000
    /// The most bytes of an answer: the requests of a long test.
    private static let answerBytes = 128 * 1024 * 1024

    private let client: HTTPClient
    /// The session's address, without a slash at the end.
    private let address: String
    /// What the browser can do, as the driver says.
    package let capabilities: JSONValue

    // MARK: Sessions

    /// Lets a driver start a browser, with what it shall be capable of (section 8.3).
    ///
    /// - Throws: ``WebDriverError``, or what the way to the driver throws.
    static func open(
        at driver: String, with client: HTTPClient, capabilities: [String: JSONValue]
    ) async throws -> WebDriver {
        let wanted = capabilities.merging([
            "timeouts": [
                "implicit": 0, "script": .integer(limit), "pageLoad": .integer(limit),
            ]
        ]) { own, _ in own }
        let parameters: JSONValue = ["capabilities": ["alwaysMatch": .object(wanted)]]
        let answer = try await send(client, .post, driver + "/session", parameters)
        guard let id = answer["sessionId"]?.string else {
            throw WebDriverError(.sessionNotCreated, "no session's id in \(answer)", "/session")
        }
        return WebDriver(
            client: client, address: "\(driver)/session/\(id)",
            capabilities: answer["capabilities"] ?? .null)
    }

    /// Ends the session, and its browser.
    package func close() async throws {
        _ = try await send(.delete, "")
    }

    // MARK: Pages and windows

    /// Goes to an address, and waits until its page is loaded.
    package func go(to address: String) async throws {
        _ = try await send(.post, "/url", ["url": .string(address)])
    }

    /// The handles of all windows and tabs.
    package func windows() async throws -> [String] {
        guard case .array(let handles) = try await send(.get, "/window/handles") else { return [] }
        return handles.compactMap(\.string)
    }

    /// Opens a tab, in which nothing happens yet; its handle.
    package func openTab() async throws -> String {
        try await send(.post, "/window/new", ["type": "tab"])["handle"]?.string ?? ""
    }

    /// Lets further commands go to another window.
    package func use(window handle: String) async throws {
        _ = try await send(.post, "/window", ["handle": .string(handle)])
    }

    /// A picture of what the window shows, as PNG in base64.
    package func screenshot() async throws -> String {
        try await send(.get, "/screenshot").string ?? ""
    }

    // MARK: Scripts

    /// Runs a script's statements in the page; what it returns, or what the promise that it
    /// returns comes to.
    ///
    /// - Throws: ``WebDriverError``, of the code `javascriptError` where the script throws.
    package func run(_ script: String) async throws -> JSONValue {
        try await send(.post, "/execute/sync", ["script": .string(script), "args": []])
    }

    /// Runs a script's statements in the page until they call the last of `arguments` with what is
    /// returned.
    package func runAsynchronously(_ script: String) async throws -> JSONValue {
        try await send(.post, "/execute/async", ["script": .string(script), "args": []])
    }

    // MARK: Elements

    /// The first element of a selector.
    ///
    /// - Throws: ``WebDriverError``, of the code `noSuchElement` if there is none.
    package func element(_ selector: String) async throws -> Element {
        let found = try await send(
            .post, "/element", ["using": "css selector", "value": .string(selector)])
        guard let element = Element(found) else {
            throw WebDriverError(.noSuchElement, "\(selector): \(found)", "/element")
        }
        return element
    }

    /// Clicks in the middle of an element, which is scrolled into view: with the pointer, so it
    /// fails if something covers it.
    package func click(_ element: Element) async throws {
        _ = try await send(.post, "/element/\(element.id)/click", [:])
    }

    /// Types into an element, or chooses a file by its path where it is a field for one.
    package func send(keys: String, to element: Element) async throws {
        _ = try await send(.post, "/element/\(element.id)/value", ["text": .string(keys)])
    }

    // MARK: Keys

    /// Presses and lets go keys, each a character or one of ``Key``, in whatever has the focus;
    /// the first ones are held down for as long as it takes (section 15).
    package func press(_ keys: [String], holding held: [String] = []) async throws {
        func action(_ type: String, _ key: String) -> JSONValue {
            ["type": .string(type), "value": .string(key)]
        }
        let strokes = keys.flatMap { [action("keyDown", $0), action("keyUp", $0)] }
        let down = held.map { action("keyDown", $0) }
        let up = held.reversed().map { action("keyUp", $0) }
        let keyboard: JSONValue = [
            "type": "key", "id": "keyboard", "actions": .array(down + strokes + up),
        ]
        _ = try await send(.post, "/actions", ["actions": [keyboard]])
    }

    // MARK: chromedriver's own

    /// Calls a method of Chromium's DevTools protocol in the window, for what the standard lacks.
    package func devTools(
        _ method: String, _ parameters: JSONValue = [:]
    ) async throws -> JSONValue {
        try await send(
            .post, "/goog/cdp/execute", ["cmd": .string(method), "params": parameters])
    }

    /// What came into a log since it was last asked for: `browser`, what the page's console says,
    /// or `performance`, events of the DevTools protocol.
    ///
    /// A session has them if its capabilities name them (`goog:loggingPrefs`).
    package func log(_ name: String) async throws -> [JSONValue] {
        let entries = try await send(.post, "/se/log", ["type": .string(name)])
        guard case .array(let list) = entries else { return [] }
        return list
    }

    // MARK: The protocol

    private func send(
        _ method: HTTPClientRequest.Method, _ path: String, _ parameters: JSONValue? = nil
    ) async throws -> JSONValue {
        try await Self.send(client, method, address + path, parameters)
    }

    /// Sends one command; the `value` of its answer (section 6).
    private static func send(
        _ client: HTTPClient, _ method: HTTPClientRequest.Method, _ address: String,
        _ parameters: JSONValue?
    ) async throws -> JSONValue {
        var request = HTTPClientRequest(method, address)
        if let parameters {
            request.headers = ["Content-Type": "application/json; charset=utf-8"]
            request.body = Array(try JSONEncoder().encode(parameters))
        }
        request.timeout = .milliseconds(limit + 20_000)
        request.maximumResponseBytes = answerBytes
        let answer = try await client.send(request)
        let body = try JSONDecoder().decode(JSONValue.self, from: Data(answer.body))
        let value = body["value"] ?? .null
        guard answer.status == 200 else {
            throw WebDriverError(value, command: "\(method.rawValue) \(address)")
        }
        return value
    }
}

/// Why a driver did not do what it was told.
package struct WebDriverError: Error, Sendable, CustomStringConvertible {
    /// The error codes of the standard that matter here (section 6.6); a driver may have others.
    package struct Code: RawRepresentable, Sendable, Hashable {
        /// The code as the driver sends it.
        package let rawValue: String

        /// Takes a code as it is sent.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// There is no such element in the page.
        package static let noSuchElement = Code(rawValue: "no such element")
        /// The page has replaced the element.
        package static let staleElement = Code(rawValue: "stale element reference")
        /// Something lies over the element.
        package static let clickIntercepted = Code(rawValue: "element click intercepted")
        /// The element has no place that can be seen, or takes no keys.
        package static let notInteractable = Code(rawValue: "element not interactable")
        /// The script threw.
        package static let javascriptError = Code(rawValue: "javascript error")
        /// The script did not end in time.
        package static let scriptTimeout = Code(rawValue: "script timeout")
        /// The driver could not start the browser.
        package static let sessionNotCreated = Code(rawValue: "session not created")
        /// The window has been closed.
        package static let noSuchWindow = Code(rawValue: "no such window")
        /// The driver failed itself, such as while the page went away.
        package static let unknown = Code(rawValue: "unknown error")
    }

    /// What kind of error it is.
    package let code: Code
    /// The driver's words, without where in its program it was.
    package let message: String
    /// What it was told: a method and a path.
    package let command: String

    init(_ code: Code, _ message: String, _ command: String) {
        self.code = code
        self.message = message
        self.command = command
    }

    init(_ value: JSONValue, command: String) {
        // chromedriver tells in further lines which browser it was.
        let message = value["message"]?.string.flatMap { $0.split(separator: "\n").first }
        self.init(
            Code(rawValue: value["error"]?.string ?? Code.unknown.rawValue),
            message.map(String.init) ?? "\(value)", command)
    }

    /// A sentence for people; the message repeats the code in its beginning.
    package var description: String {
        message.hasPrefix(code.rawValue)
            ? "\(message) (\(command))" : "\(code.rawValue): \(message) (\(command))"
    }
}
