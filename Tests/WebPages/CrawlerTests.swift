import Foundation
import HTTPClient
import NetworkAddress
import Synchronization
import Testing
import WebPages

@Suite("Pages of the web")
struct CrawlerTests {
    /// A site by its addresses; what it has not is 404.
    private final class Site: Sendable {
        let answers: [String: HTTPClientResponse]
        let asked = Mutex<[HTTPClientRequest]>([])

        init(_ answers: [String: HTTPClientResponse]) { self.answers = answers }

        func crawl(
            _ start: String, depth: Int, pages: Int = 20
        ) async throws -> Crawler.Crawl {
            let crawler = Crawler(rule: .publicOnly(), pause: .zero) {
                request throws(HTTPClientError) in
                self.asked.withLock { $0.append(request) }
                if request.url.contains("private.example") {
                    throw .forbiddenAddress(url: request.url, address: "10.0.0.1")
                }
                return self.answers[request.url] ?? HTTPClientResponse(status: 404)
            }
            let url = try #require(URL(string: start).flatMap(WebAddress.clean))
            return try await crawler.crawl(url, .init(depth: depth, pages: pages))
        }
    }

    private static func page(_ text: String, type: String = "text/html") -> HTTPClientResponse {
        HTTPClientResponse(
            status: 200, headers: ["Content-Type": type], body: Array(text.utf8))
    }

    private static let site = Site([
        "https://shop.example/robots.txt": page(
            "User-agent: *\nDisallow: /secret", type: "text/plain"),
        "https://shop.example/": page(
            """
            <a href="/hours#top">Hours</a> <a href='prices?a=1&amp;b=2'>Prices</a>
            <a href=/secret/x>x</a>
            <a href="https://other.example/">Other</a> <a href="mailto:a@b.c">Mail</a>
            <a href="/logo.png">Logo</a> <a href="/gone">Gone</a> <a href="/away">Away</a>
            """),
        "https://shop.example/hours": page("<a href='/'>Home</a><a href='/deep'>Deep</a> Nine."),
        "https://shop.example/prices?a=1&b=2": page("Prices."),
        "https://shop.example/deep": page("Deep."),
        "https://shop.example/secret/x": page("Secret."),
        "https://shop.example/away": HTTPClientResponse(
            status: 302, headers: ["Location": "https://other.example/"]),
        "https://other.example/": page("Other."),
        "https://old.example/": HTTPClientResponse(
            status: 301, headers: ["Location": "https://shop.example/"]),
    ])

    @Test("one page is that page alone, by addresses of the public internet only")
    func onePage() async throws {
        let site = Site(Self.site.answers)
        let crawl = try await site.crawl("https://SHOP.example#x", depth: 0)
        #expect(crawl.pages.map(\.url) == ["https://shop.example/"])
        #expect(!crawl.isCut && crawl.missed.isEmpty)
        let rules = site.asked.withLock { $0.map(\.addressRule) }
        #expect(rules.count == 2 && rules.allSatisfy { $0 == .publicOnly() })
    }

    @Test(
        "a crawl follows links within its site, so far and so many, and leaves alone what is asked")
    func crawl() async throws {
        let near = try await Self.site.crawl("https://shop.example/", depth: 1)
        #expect(
            near.pages.map(\.url) == [
                "https://shop.example/", "https://shop.example/hours",
                "https://shop.example/prices?a=1&b=2",
            ])
        #expect(
            Set(near.missed.keys) == ["https://shop.example/gone", "https://shop.example/away"])
        #expect(near.missed["https://shop.example/away"]?.contains("another site") == true)
        #expect(near.gone == ["https://shop.example/gone"])
        let far = try await Self.site.crawl("https://shop.example/", depth: 2)
        #expect(far.pages.last?.url == "https://shop.example/deep")
        let few = try await Self.site.crawl("https://shop.example/", depth: 2, pages: 2)
        #expect(few.pages.count == 2 && few.isCut)
    }

    @Test("a site that moved is followed, and its pages are those of where it is now")
    func moved() async throws {
        let crawl = try await Self.site.crawl("https://old.example/", depth: 1)
        #expect(crawl.pages.first?.url == "https://shop.example/")
        #expect(crawl.pages.count == 3)
    }

    @Test(
        "what cannot be fetched is told in words for its owner",
        arguments: [
            ("https://shop.example/nowhere", "no page"),
            ("http://private.example/", "private network"),
            ("https://shop.example/secret/x", "robots.txt"),
        ])
    func failures(_ url: String, _ words: String) async throws {
        let error = await #expect(throws: Crawler.Failure.self) {
            try await Self.site.crawl(url, depth: 0)
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test("the encoding that a server says stands before the page's own")
    func charset() async throws {
        let site = Site([
            "https://a.example/": Self.page(
                "<html><head><meta charset=utf-8></head>x</html>",
                type: "text/html; charset=\"Windows-1251\"")
        ])
        let crawl = try await site.crawl("https://a.example/", depth: 0)
        let text = String(decoding: crawl.pages.first?.bytes ?? [], as: UTF8.self)
        #expect(
            text == "<html><head><meta charset=\"windows-1251\"><meta charset=utf-8></head>x</html>"
        )
    }

    @Test(
        "the longest rule of robots.txt for us decides",
        arguments: [
            ("/", true), ("/private/a", false), ("/private/open/a", true), ("/a.pdf", false),
            ("/a.pdf?x", true), ("/shop?sort=1", false), ("/shop", true),
        ])
    func robots(_ path: String, _ isAllowed: Bool) {
        let rules = RobotRules(
            Array(
                """
                User-agent: other
                Disallow: /
                User-agent: Parley # us
                User-agent: another
                Disallow: /private
                Allow: /private/open
                Disallow: /*.pdf$
                Disallow: /*?sort=
                """.utf8))
        #expect(rules.allow(path) == isAllowed)
        #expect(RobotRules([]).allow(path))
        let forAll = RobotRules(Array("User-agent: *\nDisallow: /\n".utf8))
        #expect(!forAll.allow(path))
    }
}
