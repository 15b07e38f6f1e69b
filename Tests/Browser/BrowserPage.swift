import Cryptography
import FoundationEssentials
import JSON
import PipelineTesting

/// A page in a browser: what a person does in it, and what they see.
///
/// It is used by one test at a time. Scripts are expressions; one that gives a promise gives what
/// that comes to.
package final class BrowserPage: Sendable {
    /// How long an element that is there may be covered, moving or out of reach before a click
    /// fails: longer than any notice stays.
    private static let clickPatience = Duration.seconds(20)

    /// What drives it, for what a person does rarely.
    package let driver: WebDriver

    private init(_ driver: WebDriver) { self.driver = driver }

    static func open(_ driver: WebDriver) async throws -> BrowserPage {
        // Its window is in front, as that of a person who works in it: else nothing has the focus.
        _ = try await driver.devTools("Emulation.setFocusEmulationEnabled", ["enabled": true])
        return BrowserPage(driver)
    }

    // MARK: What a person does

    /// Goes to an address.
    package func go(to address: String) async throws {
        try await driver.go(to: address)
    }

    /// Types into what has the focus, key by key.
    package func type(_ text: String) async throws {
        try await driver.press(Key.writing(text))
    }

    /// Presses a key, such as `Enter` or `k`, perhaps together with the control key.
    package func press(_ key: String, control: Bool = false) async throws {
        try await driver.press([Key.named(key)], holding: control ? [Key.control] : [])
    }

    /// Clicks on the first element of a selector, with the pointer: it is scrolled into view, and
    /// nothing may cover it.
    package func click(_ selector: String) async throws {
        try await click(found: "document.querySelector(\(JSONString.quoted(selector)))")
    }

    /// Clicks on the element that a script gives, once it gives one.
    package func click(found script: String) async throws {
        try await wait(for: script)
        let deadline = ContinuousClock.now + Self.clickPatience
        while true {
            do {
                guard let element = WebDriver.Element(try await evaluate(script)) else {
                    throw WebDriverError(.noSuchElement, "\(script) gives none", "click")
                }
                return try await driver.click(element)
            } catch let error as WebDriverError
                where Self.passing.contains(error.code) && ContinuousClock.now < deadline
            {
                if error.code == .clickIntercepted {
                    // The driver scrolls to what is outside the window alone, and not to what lies
                    // under a bar at its edge, where a person scrolls on.
                    _ = try await isTrue("\(script)?.scrollIntoView({ block: 'center' }) ?? true")
                }
                // Shown anew, on its way to its place, or under what will go.
                try await Task.sleep(for: .milliseconds(20))
            } catch let error as WebDriverError {
                throw BrowserError("nobody can click on \(script): \(error)")
            }
        }
    }

    /// Why a click may fail now and not a moment later.
    private static let passing: Set<WebDriverError.Code> = [
        .noSuchElement, .staleElement, .clickIntercepted, .notInteractable,
    ]

    /// Chooses in a list, or writes into a field in the place of what is there: all at once, as by
    /// pasting, so that a search goes out once however slow the machine is.
    package func choose(_ value: String, in selector: String) async throws {
        let field = "document.querySelector(\(JSONString.quoted(selector)))"
        try await wait(for: field)
        if try await isTrue("\(field).matches('select')") {
            let isWanted = "({ value }) => value === \(JSONString.quoted(value))"
            try await click(found: "[...\(field).options].find(\(isWanted))")
            // chromedriver tells of the change only, where a browser tells of the input before it.
            _ = try await evaluate(
                "\(field)?.dispatchEvent(new Event('input', { bubbles: true }))")
            return
        }
        _ = try await evaluate("\(field).focus() ?? \(field).select()")
        guard try await isTrue("document.activeElement === \(field)") else {
            throw BrowserError("nobody can write into \(selector)")
        }
        guard !value.isEmpty else { return try await press("Delete") }
        _ = try await driver.devTools("Input.insertText", ["text": .string(value)])
    }

    /// Chooses a file in a field, as in the system's own dialog.
    package func upload(_ path: String, in selector: String) async throws {
        try await driver.send(keys: path, to: try await driver.element(selector))
    }

    // MARK: What is around the page, which the standard has no commands for

    /// Makes the window of this size, as on a phone.
    package func resize(width: Int, height: Int, isPhone: Bool = false) async throws {
        try await measure(width, height, scale: isPhone ? 2 : 1, isPhone: isPhone)
    }

    /// Makes the window of this size and zooms what it shows: 1280 pixels at 200 % are 640 to the
    /// page, each as large as two.
    package func zoom(width: Int, height: Int, by factor: Int) async throws {
        try await measure(width / factor, height / factor, scale: factor, isPhone: false)
    }

    private func measure(_ width: Int, _ height: Int, scale: Int, isPhone: Bool) async throws {
        _ = try await driver.devTools(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .integer(width), "height": .integer(height),
                "deviceScaleFactor": .integer(scale), "mobile": .bool(isPhone),
            ])
        _ = try await driver.devTools(
            "Emulation.setTouchEmulationEnabled", ["enabled": .bool(isPhone)])
    }

    /// Runs a script in every page that is opened from now on, before any of its own.
    package func prepare(_ script: String) async throws {
        _ = try await driver.devTools(
            "Page.addScriptToEvaluateOnNewDocument", ["source": .string(script)])
    }

    /// Freezes the page as a browser does to save energy, or lets it go on.
    package func freeze(_ isFrozen: Bool) async throws {
        _ = try await driver.devTools(
            "Page.setWebLifecycleState", ["state": .string(isFrozen ? "frozen" : "active")])
    }

    /// Cuts the page off from its server, or lets it reach it again.
    package func cutOff(_ isCut: Bool) async throws {
        _ = try await driver.devTools(
            "Network.emulateNetworkConditions",
            [
                "offline": .bool(isCut), "latency": 0, "downloadThroughput": -1,
                "uploadThroughput": -1,
            ])
    }

    /// Saves what is downloaded into a folder, without asking.
    package func save(to folder: String) async throws {
        _ = try await driver.devTools(
            "Page.setDownloadBehavior",
            ["behavior": "allow", "downloadPath": .string(folder)])
    }

    /// Lets the system prefer a theme, `light` or `dark`, and more: `forced-colors: active`.
    package func prefer(theme: String, _ more: [String: String] = [:]) async throws {
        let features = more.merging(["prefers-color-scheme": theme]) { first, _ in first }
        _ = try await driver.devTools(
            "Emulation.setEmulatedMedia",
            [
                "features": .array(
                    features.map { ["name": .string($0.key), "value": .string($0.value)] })
            ])
    }

    // MARK: What they see

    /// Whether a script gives something true.
    package func isTrue(_ script: String) async throws -> Bool {
        try await driver.run("return Promise.resolve((\(script)\n)).then(Boolean)") == .bool(true)
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
        // A comment may end the script.
        try await driver.run("return (\(script)\n)")
    }

    /// The visible text of each element of a selector.
    package func texts(_ selector: String) async throws -> [String] {
        let all = "[...document.querySelectorAll(\(JSONString.quoted(selector)))]"
        guard case .array(let list) = try await evaluate("\(all).map((e) => e.innerText)") else {
            return []
        }
        return list.compactMap(\.string)
    }

    /// Waits until a script gives something true.
    package func wait(for script: String) async throws {
        var last: WebDriverError?
        do {
            try await eventually("in the page: \(script)") {
                do {
                    return try await self.isTrue(script) ? true : nil
                } catch let error as WebDriverError where Self.fleeting.contains(error.code) {
                    // While a page goes, there is none to ask; while it comes, not all is there.
                    last = error
                    return nil
                }
            }
        } catch let error as NeverHappened {
            let why = last.map { " (at last: \($0))" } ?? ""
            throw BrowserError(
                "\(error)\(why); the page complained: \(try await takeComplaints())")
        }
    }

    /// Why a script may fail now and not a moment later.
    private static let fleeting: Set<WebDriverError.Code> = [
        .javascriptError, .noSuchWindow, .unknown,
    ]

    /// The roles and names of everything that can be acted on.
    package func controls() async throws -> [(role: String, name: String)] {
        let tree = try await driver.devTools("Accessibility.getFullAXTree")
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
        Base64.decode(try await driver.screenshot()) ?? []
    }

    /// What went wrong in the page since it was last asked: exceptions, errors that it told the
    /// browser's console, refused sources, requests that were answered with an error.
    package func takeComplaints() async throws -> [String] {
        try await driver.log("browser").filter { $0["level"]?.string == "SEVERE" }
            .map { $0["message"]?.string ?? "\($0)" }
    }

    /// The addresses that the page has asked for, or opened a socket to, since this was last
    /// called.
    package func takeRequests() async throws -> [String] {
        let addresses: [String] = try await driver.log("performance").compactMap { entry in
            let message = Data((entry["message"]?.string ?? "").utf8)
            let event = try JSONDecoder().decode(JSONValue.self, from: message)["message"]
            let parameters = event?["params"]
            return switch event?["method"]?.string {
            case "Network.requestWillBeSent": parameters?["request"]?["url"]?.string
            case "Network.webSocketCreated": parameters?["url"]?.string
            default: nil
            }
        }
        // What the browser's own first page asks the browser for; no other page may.
        return addresses.filter { !$0.hasPrefix("chrome:") }
    }
}
