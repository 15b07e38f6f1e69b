import Blobs
import Console
import Conversation
import Foundation
import HTTPClient
import SiteRecords
import SiteStage
import StageRuntime
import TenantDirectory
import WebPages

/// Wires the stage of sites to the web and the blob store.
func siteRunner(_ process: ProcessContext) -> StageRunner<SiteStage> {
    let (crawl, blobs, tenants) = (process.crawl(), process.blobs, process.tenants)
    return process.runner(process.designs.sites()) { call, context throws(CallFailure) in
        guard case .read(let site) = call else { return .failed(because: "nothing was asked") }
        let tenant = context.input.tenant
        guard tenants.tenant(tenant) != nil else {
            return .failed(because: "the business is not here any more")
        }
        guard let url = URL(string: site.url).flatMap(WebAddress.clean) else {
            return .failed(because: "'\(site.url)' is no address of a web page")
        }
        let found: Crawler.Crawl
        do throws(Crawler.Failure) {
            found = try await crawl(url, .init(depth: site.depth, pages: site.pages))
        } catch {
            return .failed(because: error.description)
        }
        var pages: [SitePage] = []
        for page in found.pages {
            do throws(BlobError) {
                let hash = try await blobs.put(page.bytes, of: tenant)
                pages.append(
                    SitePage(url: page.url, contentHash: hash, size: page.bytes.count))
            } catch {
                throw error.callFailure
            }
        }
        let missed = found.missed.filter { !found.gone.contains($0.key) }
        return .read(
            .init(
                pages: pages, gone: found.gone.sorted(),
                missed: MissedPage.list(missed), isCut: found.isCut))
    }
}

extension ProcessContext {
    /// Fetches pages of the web for tenants.
    func crawl() -> ConsoleOptions.Crawl {
        let http = http
        let crawler = Crawler(rule: addressRule) { request throws(HTTPClientError) in
            try await http.send(request)
        }
        return { url, limits throws(Crawler.Failure) in try await crawler.crawl(url, limits) }
    }
}
