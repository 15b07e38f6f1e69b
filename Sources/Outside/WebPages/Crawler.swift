package import Foundation
package import HTTPClient

/// Fetches a page, or a site's pages that links lead to from it.
package struct Crawler: Sendable {
    /// How far a crawl goes.
    package struct Limits: Sendable {
        /// How many links away from the first page; 0 is that page alone.
        package var depth: Int
        /// How many pages at most.
        package var pages: Int

        /// Describes how far.
        package init(depth: Int, pages: Int) {
            self.depth = depth
            self.pages = pages
        }
    }

    /// A page that was fetched.
    package struct Page: Sendable, Equatable {
        /// Its address.
        package var url: String
        /// Its bytes.
        package var bytes: [UInt8]

        /// Describes a page.
        package init(url: String, bytes: [UInt8]) {
            self.url = url
            self.bytes = bytes
        }
    }

    /// What came of a crawl.
    package struct Crawl: Sendable, Equatable {
        /// The pages, nearest first.
        package var pages: [Page]
        /// Addresses that could not be fetched this time, with why: what is known of them stays.
        package var missed: [String: String]
        /// Those of them that are not there any more, as their site says.
        package var gone: Set<String>
        /// Whether there was more than was to be fetched.
        package var isCut: Bool

        /// Describes what came of it.
        package init(
            pages: [Page], missed: [String: String] = [:], gone: Set<String> = [],
            isCut: Bool = false
        ) {
            self.pages = pages
            self.missed = missed
            self.gone = gone
            self.isCut = isCut
        }
    }

    /// Why the first page could not be fetched, for the owner of the site.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        /// One sentence that says what was wrong.
        package let description: String
        /// Whether there is no such page.
        let isGone: Bool

        /// Says why.
        package init(_ description: String, isGone: Bool = false) {
            self.description = description
            self.isGone = isGone
        }
    }

    /// Fetches one address; the only way to the world.
    package typealias Fetch =
        @Sendable (HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientResponse

    private let fetch: Fetch
    private let rule: AddressRule
    private let pause: Duration

    /// A page larger than this is none that people read.
    private static let mostBytes = 8 << 20
    private static let timeout = Duration.seconds(20)
    private static let mostRedirects = 5

    /// A crawler that may go where the rule allows, and rests between two requests.
    package init(
        rule: AddressRule, pause: Duration = .milliseconds(300), fetch: @escaping Fetch
    ) {
        self.rule = rule
        self.pause = pause
        self.fetch = fetch
    }

    /// Fetches a page and what it leads to within its site.
    package func crawl(_ start: URL, _ limits: Limits) async throws(Failure) -> Crawl {
        var robots = await rules(of: start)
        guard robots.allow(WebAddress.path(start)) else { throw Self.unwanted(start) }
        let first = try await get(start, within: nil)
        if !WebAddress.isSameSite(first.url, start) {
            // Where it leads to, another site may ask otherwise.
            robots = await rules(of: first.url)
            guard robots.allow(WebAddress.path(first.url)) else { throw Self.unwanted(first.url) }
        }
        var crawl = Crawl(pages: [], missed: [:], isCut: false)
        var seen: Set<String> = [start.absoluteString, first.url.absoluteString]
        var waiting: [(url: URL, depth: Int)] = []
        func take(_ url: URL, _ response: HTTPClientResponse, _ depth: Int) {
            crawl.pages.append(Page(url: url.absoluteString, bytes: Self.bytes(response)))
            guard depth < limits.depth, Self.isPage(response) else { return }
            for link in PageLinks.links(in: response.body, at: url)
            where WebAddress.isSameSite(link, first.url) && !Self.isFile(link)
                && seen.insert(link.absoluteString).inserted
            {
                waiting.append((link, depth + 1))
            }
        }
        take(first.url, first.response, 0)
        while !waiting.isEmpty {
            guard crawl.pages.count < limits.pages, !Task.isCancelled else {
                crawl.isCut = true
                break
            }
            let next = waiting.removeFirst()
            guard robots.allow(WebAddress.path(next.url)) else { continue }
            // Cancelled: the loop's own check ends it.
            try? await Task.sleep(for: pause)
            do throws(Failure) {
                let found = try await get(next.url, within: first.url)
                let isNew =
                    found.url == next.url || seen.insert(found.url.absoluteString).inserted
                if isNew { take(found.url, found.response, next.depth) }
            } catch {
                crawl.missed[next.url.absoluteString] = error.description
                if error.isGone { crawl.gone.insert(next.url.absoluteString) }
            }
        }
        return crawl
    }

    private static func unwanted(_ url: URL) -> Failure {
        Failure(
            "the site's robots.txt asks programs not to read \(url): allow the robot "
                + "\(RobotRules.robot) there, or add the page as a file")
    }

    private func rules(of start: URL) async -> RobotRules {
        let url = URL(string: "/robots.txt", relativeTo: start)?.absoluteURL ?? start
        // A site without such a file allows everything (RFC 9309, 2.3.1.3).
        let found = try? await get(url, within: nil, asPage: false)
        guard let found, url != start else { return RobotRules() }
        return RobotRules(found.response.body)
    }

    /// Fetches an address and follows where it leads, within a site if one is named.
    private func get(
        _ start: URL, within site: URL?, asPage: Bool = true
    ) async throws(Failure) -> (url: URL, response: HTTPClientResponse) {
        var url = start
        for _ in 0...Self.mostRedirects {
            if let site, !WebAddress.isSameSite(url, site) {
                throw Failure("it leads to another site, \(url)")
            }
            let response: HTTPClientResponse
            do throws(HTTPClientError) {
                response = try await fetch(request(url))
            } catch {
                throw Failure(Self.words(error, url))
            }
            switch response.status {
            case 200:
                guard !asPage || Self.isRead(response) else {
                    throw Failure("\(url) is no page or document that can be read")
                }
                return (url, response)
            case 301, 302, 303, 307, 308:
                guard let place = response.headers["Location"],
                    let next = URL(string: place, relativeTo: url).flatMap({
                        WebAddress.clean($0.absoluteURL)
                    })
                else { throw Failure("\(url) leads nowhere") }
                url = next
            case 401, 403:
                throw Failure("\(url) is not open to everyone: it answers \(response.status)")
            case 404, 410:
                throw Failure("there is no page \(url) (any more)", isGone: true)
            default:
                throw Failure("\(url) answers with an error, \(response.status)")
            }
        }
        throw Failure("\(start) leads on and on")
    }

    private func request(_ url: URL) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            .get, url.absoluteString,
            headers: [
                "User-Agent": "Mozilla/5.0 (compatible; \(RobotRules.robot))",
                "Accept": "text/html,application/xhtml+xml,application/pdf,text/plain;q=0.8",
            ])
        request.timeout = Self.timeout
        request.maximumResponseBytes = Self.mostBytes
        request.addressRule = rule
        return request
    }

    private static func words(_ error: HTTPClientError, _ url: URL) -> String {
        switch error {
        case .forbiddenAddress:
            "\(url) stands for an address within a private network, which is never read"
        case .notSent(.nameResolution, _, _):
            "there is no site \(url.host() ?? ""): is it spelt so?"
        case .notSent(.tls, _, _): "\(url) has no certificate that browsers trust"
        case .notSent, .unknown, .cancelled: "\(url) does not answer"
        case .responseTooLarge: "\(url) is larger than \(mostBytes >> 20) MB"
        case .invalidURL, .invalidHeader: "\(url) is no address of a page"
        }
    }

    private static func type(_ response: HTTPClientResponse) -> String {
        (response.headers["Content-Type"] ?? "text/html").lowercased()
            .split(separator: ";").first.map { $0.filter { !$0.isWhitespace } } ?? ""
    }

    private static func isPage(_ response: HTTPClientResponse) -> Bool {
        ["text/html", "application/xhtml+xml"].contains(type(response))
    }

    private static func isRead(_ response: HTTPClientResponse) -> Bool {
        let type = type(response)
        return isPage(response)
            || ["application/pdf", "text/plain", "text/markdown"].contains(type)
            || type.hasPrefix("application/vnd.openxmlformats-officedocument.")
    }

    /// Files that are no pages, by their names: they are not even asked for.
    private static func isFile(_ url: URL) -> Bool {
        [
            "jpg", "jpeg", "png", "gif", "webp", "svg", "ico", "css", "js", "zip", "mp3", "mp4",
            "avi", "mov", "gz", "exe", "dmg", "apk", "woff", "woff2", "xml", "json", "rss", "ics",
        ].contains(url.pathExtension.lowercased())
    }

    /// The bytes of a page, which itself says the encoding that its server said, for that counts
    /// more (WHATWG HTML, 13.2.3.2).
    static func bytes(_ response: HTTPClientResponse) -> [UInt8] {
        let header = (response.headers["Content-Type"] ?? "").lowercased()
        guard isPage(response), let mark = header.firstRange(of: "charset=") else {
            return response.body
        }
        let name = header[mark.upperBound...].drop { $0 == "\"" || $0 == "'" }
            .prefix { $0.isLetter || $0.isNumber || "-_.:".contains($0) }
        let start = response.body.prefix(4_096).map { $0 & 0x7F }
        let text = String(decoding: start, as: UTF8.self).lowercased()
        guard !name.isEmpty, let head = text.firstRange(of: "<head"),
            let end = text[head.upperBound...].firstIndex(of: ">")
        else { return response.body }
        let place = text.utf8.distance(from: text.startIndex, to: end) + 1
        return Array(response.body[..<place]) + Array("<meta charset=\"\(name)\">".utf8)
            + Array(response.body[place...])
    }
}
