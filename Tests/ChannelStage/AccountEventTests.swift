import ChannelStage
import Conversation
import NotificationRecords
import Testing

/// What WhatsApp says of a business's account, number and templates; the values are those of its
/// documentation and of captures.
@Suite("What WhatsApp says of an account") struct AccountEventTests {
    private static func restriction(_ types: [String], until end: Timestamp) -> String {
        let all = types.map {
            #"{"restriction_type":"\#($0)","expiration":\#(end.milliseconds / 1000)}"#
        }
        return #"{"event":"ACCOUNT_RESTRICTION","restriction_info":["#
            + all.joined(separator: ",") + "]}"
    }

    @Test("a restriction stops the business, people hear of it once with its end, and it ends then")
    func restricted() throws {
        var desk = Desk()
        let end = Desk.start + .seconds(3 * 86_400)
        let outputs = try desk.update(
            "account_update",
            Self.restriction(["RESTRICTED_CUSTOMER_INITIATED_MESSAGING"], until: end))
        let stop = try #require(Desk.stops(outputs)?.first)
        #expect(stop.reach == .account && stop.ends == end && stop.until == end)
        #expect(stop.concerns("101") && stop.isCertain(at: desk.now))
        #expect(Desk.news(outputs) == ["channelStopped"])
        let news = try #require(outputs.compactMap { $0 as? TeamNews }.first)
        #expect(news.values["reason"]?.contains(end.rfc3339) == true, "\(news.values)")
        #expect(try desk.report(.held(), in: "c7").isEmpty)
        // What senders find out of the same trouble is no second news.
        let refusal = ChannelReport.Word.refused(
            code: 131_031, reach: .tenant, until: end, trace: nil)
        #expect(Desk.news(try desk.report(refusal)).isEmpty)
        let over = try desk.ring()
        #expect(desk.now == end)
        #expect(Desk.stops(over)?.map(\.reach) == [.tenant])
        #expect(Desk.woken(over) == ["c7", "c1"])
        #expect(Desk.news(try desk.report(.sent)) == ["channelOpen"])
    }

    @Test("whoever may not begin conversations is tried again by the next message of a person's")
    func initiated() throws {
        var desk = Desk()
        let end = Desk.start + .seconds(86_400)
        let outputs = try desk.update(
            "account_update", Self.restriction(["RESTRICTED_BIZ_INITIATED_MESSAGING"], until: end))
        let stop = try #require(Desk.stops(outputs)?.first)
        #expect(stop.ends == end && stop.until == desk.now && stop.isCertain(at: desk.now))
        #expect(!stop.isCertain(at: desk.now + .seconds(3_600)))
        #expect(Desk.stops(try desk.report(.sent)) == [])
    }

    @Test("what is over already, or concerns no messages, stops nothing")
    func harmless() throws {
        var desk = Desk()
        let past = Desk.start + .seconds(-60)
        let old = try desk.update(
            "account_update",
            Self.restriction(["RESTRICTED_CUSTOMER_INITIATED_MESSAGING"], until: past))
        #expect(Desk.stops(old) == [])
        desk.now = desk.now + .seconds(1)
        let numbers = try desk.update(
            "account_update",
            Self.restriction(["RESTRICTED_ADD_PHONE_NUMBER_ACTION"], until: Desk.start))
        #expect(Desk.stops(numbers) == [])
        #expect(Desk.news(numbers) == ["channelWarning"])
    }

    @Test("a ban stops the business until it is lifted; one that is announced warns")
    func banned() throws {
        var desk = Desk()
        let announced = try desk.update(
            "account_update",
            #"{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"SCHEDULE_FOR_DISABLE","#
                + #""waba_ban_date":"January 31, 2027"}}"#)
        #expect(Desk.stops(announced) == [] && Desk.news(announced) == ["channelWarning"])
        desk.now = desk.now + .seconds(60)
        let banned = try desk.update(
            "account_update",
            #"{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}}"#)
        #expect(Desk.stops(banned)?.map(\.code) == [131_031])
        #expect(Desk.news(banned) == ["channelStopped"])
        #expect(try desk.report(.held(), in: "c2").isEmpty)
        desk.now = desk.now + .seconds(60)
        let lifted = try desk.update(
            "account_update",
            #"{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}}"#)
        #expect(Desk.stops(lifted) == [])
        #expect(Desk.news(lifted) == ["channelOpen"] && Desk.woken(lifted) == ["c2"])
    }

    @Test(
        "quality, names, templates, alerts and protection are kept, and people are warned of the bad",
        arguments: [
            (
                "phone_number_quality_update",
                #"{"display_phone_number":"16505551111","event":"FLAGGED","current_limit":"TIER_10K"}"#,
                "+16505551111", ["FLAGGED", "TIER_10K"], true
            ),
            (
                "phone_number_quality_update",
                #"{"display_phone_number":"16505551111","event":"UPGRADE","current_limit":"TIER_10K"}"#,
                "+16505551111", ["UPGRADE", "TIER_10K"], false
            ),
            (
                "phone_number_name_update",
                #"{"display_phone_number":"16505551111","decision":"DECLINED","#
                    + #""requested_verified_name":"Sol","rejection_reason":"NAME_GENERIC"}"#,
                "+16505551111", ["DECLINED", "NAME_GENERIC"], true
            ),
            (
                "message_template_status_update",
                #"{"event":"PAUSED","message_template_id":7,"message_template_name":"ready","#
                    + #""message_template_language":"pt-BR","reason":"NONE"}"#,
                "ready, pt_BR", ["PAUSED"], true
            ),
            (
                "message_template_status_update",
                #"{"event":"APPROVED","message_template_id":7,"message_template_name":"ready","#
                    + #""message_template_language":"es","reason":null}"#,
                "ready, es", ["APPROVED"], false
            ),
            (
                "message_template_quality_update",
                #"{"previous_quality_score":"GREEN","new_quality_score":"RED","#
                    + #""message_template_id":7,"message_template_name":"ready","#
                    + #""message_template_language":"es"}"#, "ready, es", ["RED"], true
            ),
            (
                "template_category_update",
                #"{"message_template_id":7,"message_template_name":"ready","#
                    + #""message_template_language":"es","previous_category":"UTILITY","#
                    + #""new_category":"MARKETING"}"#, "ready, es", ["MARKETING"], true
            ),
            (
                "account_alerts",
                #"{"entity_type":"WABA","entity_id":"1","alert_info":{"alert_severity":"CRITICAL","#
                    + #""alert_status":"ACTIVE","alert_type":"OBA_APPROVED","#
                    + #""alert_description":"words that may name anybody"}}"#, nil,
                ["OBA_APPROVED", "CRITICAL", "ACTIVE"], true
            ),
            (
                "business_capability_update", #"{"max_daily_conversation_per_phone":"TIER_1K"}"#,
                nil, ["LIMITS", "max_daily_conversation_per_phone TIER_1K"], false
            ),
            (
                "security",
                #"{"display_phone_number":"16505551111","event":"PIN_RESET_REQUEST"}"#,
                "+16505551111", ["PIN_RESET_REQUEST"], true
            ),
        ] as [(String, String, String?, [String], Bool)])
    func kept(
        field: String, value: String, subject: String?, words: [String], isWarned: Bool
    ) throws {
        var desk = Desk()
        let outputs = try desk.update(field, value)
        let event = try #require(Desk.events(outputs).last)
        #expect(event.field == field && event.subject == subject)
        #expect([event.event] + event.details == words)
        #expect(!"\(event)".contains("anybody"))
        #expect(Desk.news(outputs) == (isWarned ? ["channelWarning"] : []))
        #expect(outputs.contains { $0 is OperatorNews } == isWarned)
        #expect((event.remedy != nil) == isWarned)
        // A repeat brings nothing new.
        #expect(try desk.update(field, value).isEmpty)
    }

    @Test("the newest word counts, whatever comes late; what is no account's is passed over")
    func order() throws {
        var desk = Desk()
        func quality(_ event: String) -> String {
            #"{"display_phone_number":"16505551111","event":"\#(event)"}"#
        }
        let field = "phone_number_quality_update"
        #expect(try !desk.update(field, quality("FLAGGED")).isEmpty)
        desk.now = desk.now + .seconds(60)
        #expect(try !desk.update(field, quality("UNFLAGGED")).isEmpty)
        desk.now = desk.now + .seconds(-30)
        #expect(try desk.update(field, quality("FLAGGED")).isEmpty)
        desk.now = desk.now + .seconds(90)
        #expect(Desk.news(try desk.update(field, quality("FLAGGED"))) == ["channelWarning"])
        #expect(try desk.update("flows", #"{"event":"FLOW_STATUS_CHANGE"}"#).isEmpty)
        #expect(try desk.update("security", "[1").isEmpty)
        #expect(try desk.update("security", #"{"event":"call me on 600111222"}"#).isEmpty)
        for number in 0..<100 {
            desk.now = desk.now + .seconds(1)
            _ = try desk.update(
                field, #"{"display_phone_number":"34\#(600_000_000 + number)","event":"UPGRADE"}"#)
        }
        #expect(desk.state.events.count == ChannelStage.mostEvents)
    }
}
