import Configuration
import Console
import Conversation
import DocumentView
import HTTPClient
import SiteRecords

/// Lists the sites that are read again and again, or changes that.
enum KnowledgeSitesCommand: Command {
    static let specification = ArgumentSpecification(
        "parley knowledge sites",
        summary: "Lists the sites of the web that are read again and again.",
        options: [
            .option("read", "SITE", "reads a site now, by its id or address"),
            .option("forget", "SITE", "reads a site no more; its documents stay"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        let path = ConsoleClient.path("tenants", tenant, "sites")
        let bytes = try await console.send(.get, path)
        let sites = try ConsoleClient.answer(SiteList.self, in: bytes).sites
        if let word = arguments.value("read") {
            let site = try Self.site(word, among: sites, "--read")
            _ = try await console.send(.post, "\(path)/\(site.id)/reading")
            Terminal.say(
                "\(site.url): is being read; `parley knowledge sites` shows what comes of it")
        } else if let word = arguments.value("forget") {
            let site = try Self.site(word, among: sites, "--forget")
            _ = try await console.send(.delete, "\(path)/\(site.id)")
            Terminal.say("\(site.url): is read no more; its documents stay")
        } else if arguments.has("json") {
            Terminal.say(json: bytes)
        } else if sites.isEmpty {
            Terminal.say("no site is read again and again; `parley knowledge web URL --every 24`")
        } else {
            for site in sites { tell(site) }
        }
        return 0
    }

    private static func site(
        _ word: String, among sites: [SiteListing], _ option: String
    ) throws(ConfigurationError) -> SiteListing {
        guard let site = sites.first(where: { $0.id.rawValue == word || $0.url == word }) else {
            throw ConfigurationError(
                option, "no site '\(word)' is read; `parley knowledge sites` shows which are")
        }
        return site
    }

    private static func tell(_ site: SiteListing) {
        let next = site.next.map { ", next at \($0)" } ?? ""
        Terminal.say("\(site.url): every \(site.everyHours) h\(next) (\(site.id))")
        guard let last = site.last else { return }
        if let problem = last.problem {
            Terminal.say("  not read at \(last.at): \(problem)")
        } else {
            Terminal.say(
                "  read at \(last.at): \(last.pages) pages, \(last.changed) changed, "
                    + "\(last.removed) taken out")
        }
        for page in last.missed { Terminal.say("  \(page.url): \(page.because)") }
        if last.isCut { Terminal.say("  there are more pages than the \(site.pages) wanted") }
    }
}
