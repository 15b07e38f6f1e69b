import ChannelEndpoints
import Configuration
import Conversation
import FoundationEssentials
import HTTPClient
import LanguageModel
import TenantDirectory
import WhatsAppCloudAPI

/// Tries what a business needs by doing it: each check calls the real thing.
struct ChannelTrying: Sendable {
    /// How far clocks may differ: the window's margin is a minute, and a second is a header's unit.
    private static let clockSkew: Int64 = 30_000

    let process: ProcessContext
    let data: DataFolder

    private var endpoint: AccountEndpoint {
        AccountEndpoint(over: process.http, addressRule: process.addressRule)
    }

    /// All checks of a business, in the order in which they are to be mended.
    func all(_ id: TenantID) async -> [ChannelCheck] {
        guard let tenant = process.tenants.tenant(id) else {
            return [
                ChannelCheck(
                    "token", .broken,
                    process.tenants.problems[id] ?? "no number is connected yet",
                    remedy: "Connect the business: parley tenant add --help.")
            ]
        }
        var checks: [ChannelCheck] = []
        for number in tenant.settings.numbers {
            let (found, works) = await self.number(tenant, number.id)
            checks += found
            if !works { break }
        }
        checks.append(await webhook(tenant))
        checks.append(await subscription(tenant))
        checks.append(await templates(tenant))
        checks += process.channels.stops(of: id).map {
            ChannelCheck("sending", .broken, $0.sentence, remedy: $0.entry.remedy)
        }
        checks.append(await model(tenant))
        return checks
    }

    private func access(_ tenant: Tenant, _ number: BusinessNumberID) -> GraphAccess {
        GraphAccess(
            baseURL: tenant.settings.graphURL, version: tenant.settings.graphVersion,
            number: number, token: tenant.accessToken)
    }

    private static func broken(_ name: String, _ error: CloudAPIError) -> ChannelCheck {
        guard case .graph(let graph) = error else {
            return ChannelCheck(
                name, .broken, error.description,
                remedy: "Check the Graph URL, and whether this machine reaches it.")
        }
        return ChannelCheck(
            name, .broken, "WhatsApp answered with error \(graph.code): \(graph.entry.meaning)",
            remedy: graph.entry.remedy)
    }

    // MARK: WhatsApp

    /// The number, and with it token and clock.
    private func number(
        _ tenant: Tenant, _ number: BusinessNumberID
    ) async -> ([ChannelCheck], works: Bool) {
        let facts: NumberFacts
        do throws(CloudAPIError) {
            facts = try await endpoint.number(through: access(tenant, number))
        } catch {
            var name = "number"
            if case .graph(let graph) = error, graph.entry.treatment == .stopTenant,
                graph.code != 33
            {
                name = "token"
            }
            return ([Self.broken(name, error)], false)
        }
        var checks = [ChannelCheck("token", .fine, "WhatsApp takes the token")]
        let shown = "\(number): \(facts.display ?? "?"), shown as “\(facts.name ?? "?")”"
        switch (facts.quality, facts.nameStatus) {
        case ("RED", _):
            checks.append(
                ChannelCheck(
                    "number", .warning, "\(shown); its quality is low",
                    remedy: GraphErrorEntry.of(131_048).remedy))
        case (_, "DECLINED"):
            checks.append(
                ChannelCheck(
                    "number", .warning, "\(shown); the name is not approved",
                    remedy: GraphErrorEntry.of(131_037).remedy))
        default: checks.append(ChannelCheck("number", .fine, shown))
        }
        checks.append(clock(facts.date))
        return (checks, true)
    }

    /// Our clock beside WhatsApp's: the 24-hour window depends on it.
    private func clock(_ date: String?) -> ChannelCheck {
        guard let date, let theirs = Self.time(date) else {
            return ChannelCheck("clock", .skipped, "WhatsApp did not say what time it is")
        }
        let skew = ProcessContext.now().milliseconds - theirs.milliseconds
        guard abs(skew) > Self.clockSkew else {
            return ChannelCheck("clock", .fine, "this machine's clock agrees with WhatsApp's")
        }
        return ChannelCheck(
            "clock", .broken, "this machine's clock is \(skew / 1000) s off WhatsApp's",
            remedy: "Set the clock by the network: timedatectl set-ntp true.")
    }

    /// HTTP's date (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func time(_ date: String) -> Timestamp? {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let parts = date.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "," })
        guard parts.count == 8, let day = Int(parts[1]),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]),
            let hour = Int(parts[4]), let minute = Int(parts[5]), let second = Int(parts[6])
        else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let components = DateComponents(
            year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
        return calendar.date(from: components).map {
            Timestamp(seconds: Int64($0.timeIntervalSince1970))
        }
    }

    /// Our side of the webhook: it answers as Meta's verification wants.
    private func webhook(_ tenant: Tenant) async -> ChannelCheck {
        // Where no installation runs here, somebody else knows where it is.
        guard let url = (try? RunFile.read(from: data))?.webhook else {
            return ChannelCheck("webhook", .skipped, "where it is reached is not known here")
        }
        let token = APIClient.escaped(tenant.verifyToken)
        let challenge = "doctor"
        let request = HTTPClientRequest(
            .get,
            "\(url)/\(tenant.settings.tenant)?hub.mode=subscribe&hub.challenge=\(challenge)"
                + "&hub.verify_token=\(token)")
        do throws(HTTPClientError) {
            let answer = try await process.http.send(request)
            guard answer.status == 200, answer.body == Array(challenge.utf8) else {
                return ChannelCheck(
                    "webhook", .broken, "it answers \(answer.status) to its verification",
                    remedy: "Give the same verify token here and in the Meta app.")
            }
            return ChannelCheck("webhook", .fine, "it answers Meta's verification")
        } catch {
            return ChannelCheck(
                "webhook", .broken, "it does not answer: \(error.description)",
                remedy: "See whether the ingester runs: parley lag, and its log.")
        }
    }

    /// Meta's side: without a subscription nothing ever comes in.
    private func subscription(_ tenant: Tenant) async -> ChannelCheck {
        guard let number = tenant.settings.numbers.first?.id else {
            return ChannelCheck("webhook", .skipped, "there is no number")
        }
        do throws(CloudAPIError) {
            let isSubscribed = try await endpoint.isSubscribed(
                account: tenant.settings.account, through: access(tenant, number))
            guard !isSubscribed else {
                return ChannelCheck("webhook", .fine, "an app is subscribed to the account")
            }
            return ChannelCheck(
                "webhook", .broken, "no app is subscribed to the account: nothing will come in",
                remedy: "Subscribe the app to the account \(tenant.settings.account) in the Meta "
                    + "app, under WhatsApp, Configuration.")
        } catch {
            return Self.broken("webhook", error)
        }
    }

    private func templates(_ tenant: Tenant) async -> ChannelCheck {
        guard let number = tenant.settings.numbers.first?.id else {
            return ChannelCheck("templates", .skipped, "there is no number")
        }
        do throws(CloudAPIError) {
            let count = try await endpoint.templates(
                account: tenant.settings.account, through: access(tenant, number)
            ).count
            return count > 0
                ? ChannelCheck("templates", .fine, "the account has \(count) templates")
                : ChannelCheck(
                    "templates", .warning, "the account has no template",
                    remedy: "Without an approved template nothing can be sent to customers who "
                        + "last wrote more than 24 hours ago: make one in WhatsApp Manager.")
        } catch {
            return Self.broken("templates", error)
        }
    }

    // MARK: The model

    private func model(_ tenant: Tenant) async -> ChannelCheck {
        let own = tenant.settings.model
        guard let url = own?.url ?? process.models.chatURL,
            let name = own?.name ?? process.models.chatModel
        else {
            return ChannelCheck(
                "model", .skipped, "there is no chat model: the best passage is quoted")
        }
        var endpoint = LanguageModelEndpoint(
            baseURL: url, key: own == nil ? process.models.chatKey : tenant.modelKey)
        if own != nil { endpoint.addressRule = process.addressRule }
        var request = ChatRequest(
            model: name, messages: [ChatMessage(.user, "Say yes.")], tools: [])
        request.maximumTokens = 8
        request.timeout = .seconds(20)
        do throws(LanguageModelError) {
            _ = try await ChatCompletions(endpoint, over: process.http).complete(request)
            if let trial = tenant.settings.modelTrial, trial.isWeak,
                trial.isAbout(name, at: own?.url)
            {
                return ChannelCheck(
                    "model", .warning,
                    "\(name) answers, but is weak: \(trial.right) of \(trial.questions) questions "
                        + "came out right, \(trial.rightBuiltIn) without it, so that the built-in "
                        + "answerer answers in its place",
                    remedy: "Take a better model, then: parley eval model. To have this one answer "
                        + "all the same: parley eval model --forget.")
            }
            return ChannelCheck("model", .fine, "\(name) answers")
        } catch {
            return ChannelCheck(
                "model", .broken, "\(name) at \(url) does not answer: \(error)",
                remedy: "Check the server's address, the model's name and the key "
                    + "($PARLEY_MODEL_KEY, or --model-key-file of the business).")
        }
    }
}
