extension Phrases {
    static let eastern: [String: Phrases] = [
        "zh": Phrases(
            "我们现在已经下班。我们将于{when}重新营业，届时会在这里回复您。",
            "我们现在已经下班。我们会尽快在这里回复您。",
            today: "今天{time}", tomorrow: "明天{time}",
            soon: "{weekday}{time}",
            later: "{month}{day}日（{weekday}）{time}",
            weekdays: "星期一,星期二,星期三,星期四,星期五,星期六,星期日",
            months: "1月,2月,3月,4月,5月,6月,7月,8月,9月,10月,11月,12月",
            .whole(":", "{clock}")),
        "ja": Phrases(
            "ただいま営業時間外です。{when}に営業を再開し、こちらでお返事いたします。",
            "ただいま営業時間外です。できるだけ早くこちらでお返事いたします。",
            today: "本日{time}", tomorrow: "明日{time}",
            soon: "{weekday}の{time}",
            later: "{month}{day}日（{weekday}）{time}",
            weekdays: "月曜日,火曜日,水曜日,木曜日,金曜日,土曜日,日曜日",
            months: "1月,2月,3月,4月,5月,6月,7月,8月,9月,10月,11月,12月",
            .whole(":", "{clock}")),
        "ko": Phrases(
            "지금은 영업시간이 아닙니다. {when}에 다시 열며 그때 여기에서 답변드리겠습니다.",
            "지금은 영업시간이 아닙니다. 가능한 한 빨리 여기에서 답변드리겠습니다.",
            today: "오늘 {time}", tomorrow: "내일 {time}",
            soon: "{weekday} {time}",
            later: "{month} {day}일 {weekday} {time}",
            weekdays: "월요일,화요일,수요일,목요일,금요일,토요일,일요일",
            months: "1월,2월,3월,4월,5월,6월,7월,8월,9월,10월,11월,12월",
            .whole(":", "{clock}")),
        "id": Phrases(
            """
            Saat ini kami tutup. Kami buka lagi {when} dan akan menjawab Anda di sini saat \
            itu.
            """,
            "Saat ini kami tutup. Kami akan menjawab Anda di sini secepatnya.",
            today: "hari ini pukul {time}", tomorrow: "besok pukul {time}",
            soon: "hari {weekday} pukul {time}",
            later: "hari {weekday}, {day} {month}, pukul {time}",
            weekdays: "Senin,Selasa,Rabu,Kamis,Jumat,Sabtu,Minggu",
            months: """
                Januari,Februari,Maret,April,Mei,Juni,Juli,Agustus,September,Oktober,November,\
                Desember
                """,
            .whole(".", "{clock}")),
        "vi": Phrases(
            """
            Hiện chúng tôi đang đóng cửa. Chúng tôi mở cửa lại {when} và sẽ trả lời bạn tại \
            đây khi đó.
            """,
            "Hiện chúng tôi đang đóng cửa. Chúng tôi sẽ trả lời bạn tại đây sớm nhất có thể.",
            today: "hôm nay lúc {time}", tomorrow: "ngày mai lúc {time}",
            soon: "{weekday} lúc {time}",
            later: "{weekday}, ngày {day} {month}, lúc {time}",
            weekdays: "thứ Hai,thứ Ba,thứ Tư,thứ Năm,thứ Sáu,thứ Bảy,Chủ nhật",
            months: """
                tháng 1,tháng 2,tháng 3,tháng 4,tháng 5,tháng 6,tháng 7,tháng 8,tháng 9,tháng \
                10,tháng 11,tháng 12
                """,
            .whole(":", "{clock}")),
        "th": Phrases(
            "ขณะนี้เราปิดทำการ เราจะเปิดอีกครั้ง{when} และจะตอบคุณที่นี่",
            "ขณะนี้เราปิดทำการ เราจะตอบคุณที่นี่โดยเร็วที่สุด",
            today: "วันนี้เวลา {time}", tomorrow: "พรุ่งนี้เวลา {time}",
            soon: "วัน{weekday}เวลา {time}",
            later: "วัน{weekday}ที่ {day} {month} เวลา {time}",
            weekdays: "จันทร์,อังคาร,พุธ,พฤหัสบดี,ศุกร์,เสาร์,อาทิตย์",
            months: """
                มกราคม,กุมภาพันธ์,มีนาคม,เมษายน,พฤษภาคม,มิถุนายน,กรกฎาคม,สิงหาคม,กันยายน,ตุลาคม,\
                พฤศจิกายน,ธันวาคม
                """,
            .whole(":", "{clock} น.")),
    ]
}
