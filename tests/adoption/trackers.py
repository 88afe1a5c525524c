"""Old trackers as companies have them. The answers were written by hand, beside each of them."""

# ruff: noqa: E501, DTZ001 - rows as they stand in a sheet; a cell's time has no zone
# fmt: off

from __future__ import annotations

from datetime import date, datetime

from adoption.books import Book, Tracker, answers, put


def zh_plain() -> Tracker:
    """One row of headers, dates as dates: the easiest kind."""
    book = Book("zh_plain", records=5)
    sheet = book.sheet("需求台账", answers(*("keep", "number", "title", "department", "requester", "submitted_on", "type"), *("priority", "description", "expected_on", "owner", "status", "live_on", "keep")))
    head = "序号 需求编号 需求名称 需求部门 提出人 提出时间 需求类型 优先级 需求描述 期望完成时间 负责人 状态 实际上线时间 备注"
    rows = [
        (1, "2023-001", "会员积分自动清零", "市场部", "张*", date(2023, 2, 6), "新增功能", "高", "每年 12 月 31 日清零，提前 30 天短信提醒", date(2023, 3, 31), "李*", "已完成", date(2023, 3, 28), None),
        (2, "2023-002", "报销单导出增加成本中心", "财务部", "王*", date(2023, 2, 9), "功能优化", "中", "导出文件增加成本中心两列", date(2023, 4, 15), "赵*", "已完成", date(2023, 4, 11), "财务已确认"),
        (3, "2023-003", "库存低于安全线提醒", "仓储中心", "陈*", date(2023, 3, 1), "新增功能", "高", "低于安全库存时每天 9 点提醒采购", date(2023, 5, 1), "李*", "开发中", None, "等采购提供名单"),
        (4, "2023-004", "登录页偶发白屏", "客服部", "孙*", date(2023, 3, 3), "缺陷修复", "高", "Chrome 110 下约 2% 的用户白屏", date(2023, 3, 10), "周*", "挂起", None, None),
        (5, "2023-005", "对接顺丰电子面单", "物流部", "吴*", date(2023, 3, 20), "接口对接", "低", "替换手工填写面单", date(2023, 6, 30), "赵*", "待评估", None, None),
    ]
    put(sheet, 1, [head.split(), *rows])
    return book.done()


def zh_grouped() -> Tracker:
    """A title row, two rows of headers under merged groups, a total, blank rows between."""
    book = Book("zh_grouped", records=4)
    sheet = book.sheet("2024", answers(*("number", "title", "department", "requester", "submitted_on", "background"), *("description", "design_due", "design_owner", "development_due"), *("development_owner", "test_due", "test_owner", "golive_due", "status", "keep")))
    put(sheet, 1, [["信息技术部 2024 年需求跟踪表"], ["填表说明：每周五下班前更新"]])
    top = ["编号", "需求名称", "提出", None, None, "需求", None, "设计", None, "开发", None, "测试", None, "计划上线", "状态", "费用（万元）"]
    sub = [None, None, "部门", "人", "日期", "背景", "描述", "完成日期", "负责人", "完成日期", "负责人", "完成日期", "负责人", None, None, None]
    put(sheet, 3, [top, sub])
    for merged in ("A1:P1", "A2:P2", "C3:E3", "F3:G3", "H3:I3", "J3:K3", "L3:M3", "A3:A4", "B3:B4", "N3:N4", "O3:O4", "P3:P4"):
        sheet.merge_cells(merged)
    rows = [
        ("XQ-001", "客户画像标签", "营销部", "刘敏", date(2024, 1, 8), "营销活动缺少人群划分", "按消费频次与金额打标签", date(2024, 1, 19), "何工", date(2024, 2, 23), "马工", date(2024, 3, 1), "林静", date(2024, 3, 8), "已上线", 3.5),
        ("XQ-002", "合同到期提醒", "法务部", "郑凯", date(2024, 1, 15), "去年 7 份合同逾期未续", "到期前 60、30、7 天邮件提醒", date(2024, 1, 26), "何工", date(2024, 2, 29), "高翔", date(2024, 3, 8), "林静", date(2024, 3, 15), "测试中", 1.2),
        [],
        ("XQ-003", "供应商评分看板", "采购部", "梁雨", date(2024, 2, 18), "评分靠手工汇总", "每月 5 日自动汇总四项指标", date(2024, 3, 1), "谢工", date(2024, 4, 12), "马工", date(2024, 4, 19), "宋佳", date(2024, 4, 26), "开发中", 6),
        ("XQ-004", "费用科目映射调整", "财务部", "唐晓", date(2024, 3, 4), "新会计准则", "12 个科目重新映射", date(2024, 3, 8), "谢工", date(2024, 3, 22), "高翔", date(2024, 3, 27), "宋佳", date(2024, 3, 29), "评审中", 0.8),
        ("合计", None, None, None, None, None, None, None, None, None, None, None, None, None, None, 11.5),
    ]
    put(sheet, 5, rows)
    return book.done()


def zh_text_dates() -> Tracker:
    """Dates as text in many spellings, statuses in other words, a log in the remarks."""
    book = Book("zh_text_dates", records=5, progress=9)
    sheet = book.sheet("需求列表", answers(*("number", "title", "requester", "department", "submitted_on", "priority", "goal"), *("description", "estimate", "golive_due", "development_owner", "status", "progress")))
    head = ["需求ID", "需求标题", "需求提出人", "所属部门", "提需日期", "紧急程度", "需求目标", "详细描述", "工作量(人天)", "预计上线时间", "开发", "当前进度状态", "跟进记录"]
    rows = [
        ("REQ-101", "订单拆分发货", "黄磊", "电商部", "2024/1/5", "P0", "缺货订单 24 小时内先发现货", "一单多仓时按仓拆分", "8", "2024.2.20", "徐浩", "进行中", "1-08: 评审通过\n1-22: 开发完成 60%\n2-05: 联调"),
        ("REQ-102", "退货原因统计", "曹颖", "客服部", "2024年1月12日", "P2", "每周自动出报表", "按品类、原因两级汇总", "3天", "2024年2月", "徐浩", "已完成", "1-15: 评审\n1-30: 上线"),
        ("REQ-103", "发票自动开具", "袁媛", "财务部", "20240118", "P1", "开票时间由 3 天缩短到 1 天", "对接税控平台", "15人天", "2024-03-15", "邓超", "暂停", "1-25: 等税控平台答复"),
        ("REQ-104", "门店库存共享", "许可", "零售部", "2024-01-22", "P1", "门店缺货率降到 5% 以下", "查询周边 3 公里门店库存", "10", "2024/3/29", "邓超", "测试", "2-01: 方案确认\n2-28: 提测\n3-05: 回归"),
        ("REQ-105", "短信模板管理", "傅强", "市场部", "24.2.1", "P3", "模板修改不再需要发版", "模板增删改查与审核", "5", "待定", "徐浩", "未开始", None),
    ]
    put(sheet, 1, [head, *rows])
    return book.done()


def zh_years() -> Tracker:
    """A sheet a year, one with other columns; a sheet of notes and one of lists beside them."""
    book = Book("zh_years", records=5)
    note = book.sheet("使用说明")
    put(note, 1, [["本表由信息部维护"], ["1. 每条需求占一行"], ["2. 状态请从下拉列表选择"], ["联系人：信息部 8021"]])
    old = book.sheet("2022年", answers("keep", "title", "department", "submitted_on", "owner", "status", "closed_on", "keep"))
    put(old, 1, [["序号", "需求名称", "申请部门", "申请日期", "处理人", "处理状态", "办结日期", "系统名称"], [1, "OA 流程增加会签", "行政部", date(2022, 3, 1), "罗成", "已办结", date(2022, 4, 2), "OA"], [2, "考勤机数据对接", "人力资源部", date(2022, 5, 16), "罗成", "已办结", date(2022, 7, 1), "HR"]])
    new = book.sheet("2023年", answers("keep", "title", "department", "requester", "submitted_on", "owner", "status", "progress", "keep"))
    put(
        new,
        1,
        [
            ["序号", "需求名称", "申请部门", "申请人", "申请日期", "处理人", "处理状态", "处理进展", "系统名称"],
            [1, "招聘门户改版", "人力资源部", "蒋欣", date(2023, 2, 2), "韩冰", "处理中", "2023/2/10 蒋欣：确认范围\n2023/3/1 韩冰：原型完成", "HR"],
            [2, "资产盘点小程序", "行政部", "沈阳", date(2023, 4, 11), "罗成", "待处理", None, "资产"],
            [3, "薪资单加密邮件", "人力资源部", "蒋欣", date(2023, 6, 5), "韩冰", "已取消", "2023/6/20 法务不同意", "HR"],
        ],
    )
    lists = book.sheet("下拉")
    put(lists, 1, [["已办结", "行政部"], ["处理中", "人力资源部"], ["待处理", "财务部"]])
    return book.done()


def zh_merged_down() -> Tracker:
    """Departments merged over their requirements, headings of quarters between the rows."""
    book = Book("zh_merged_down", records=5)
    sheet = book.sheet("需求汇总", answers("department", "keep", "title", "background", "benefit", "contact", "status", "issues", "measures"))
    put(
        sheet,
        1,
        [
            ["业务部门", "序号", "需求名称", "业务背景", "预期收益", "产品经理", "进展状态", "存在问题", "解决措施"],
            ["一季度"],
            ["信贷部", 1, "额度自动测算", "人工测算平均 40 分钟", "缩短到 5 分钟", "潘越", "已上线", None, None],
            [None, 2, "逾期短信分级", "统一口径投诉多", "投诉下降 30%", "潘越", "开发中", "短信通道不稳定", "更换备用通道"],
            [None, 3, "征信报告缓存", "重复查询收费", "每月节省 2 万元", "杜衡", "设计中", None, None],
            ["二季度"],
            ["风控部", 4, "反欺诈规则热更新", "规则上线需停机", "停机次数降为 0", "杜衡", "测试中", "压测环境不足", "申请云主机 2 台"],
            [None, 5, "黑名单共享", "分行各自维护", "一处维护全行生效", "杜衡", "提交中", None, None],
        ],
    )
    for merged in ("A2:I2", "A6:I6", "A3:A5", "A7:A8"):
        sheet.merge_cells(merged)
    return book.done()


def zh_serials() -> Tracker:
    """Dates as Excel's numbers, hidden columns, levels as numbers, yes and no as marks."""
    book = Book("zh_serials", records=4)
    sheet = book.sheet("Sheet1", answers(*("number", "title", "description", "department", "submitted_on", "expected_on"), *("priority", "feasible", "complexity", "estimate", "owner", "status", "result"), *("accepted_by", "live_on", "keep", "keep")))
    head = ["工单号", "标题", "具体需求", "业务部门", "提交日期", "要求完成日期", "优先级", "是否可行", "难易程度", "预计工期", "负责人", "状态", "验收结果", "验收人", "上线日期", "版本号", "更新时间"]
    rows = [
        (20230001, "费率调整", "3 个产品费率按公告调整", "运营部", 45000, 45020, 1, "√", "简单", 2, "丁宁", "已完成", "通过", "贾玲", 45018, "V3.2", 45020),
        (20230002, "对账文件加密", "与银行往来文件改国密", "清算部", 45012, 45050, 2, "√", "一般", 5, "魏然", "验收中", "不通过", "薛涛", None, "V3.3", 45051),
        (20230003, "移动审批", "手机端审批 5 类单据", "综合部", 45031, 45100, 2, "√", "复杂", 20, "丁宁", "进行中", None, None, None, "V4.0", 45060),
        (20230004, "语音转写归档", "录音当日转写", "客服部", 45040, 45090, 3, "×", "复杂", 30, "魏然", "已驳回", None, None, None, None, 45041),
    ]
    put(sheet, 1, [head, *rows])
    sheet.column_dimensions["P"].hidden = True
    sheet.column_dimensions["Q"].hidden = True
    return book.done()


def zh_bilingual() -> Tracker:
    """Headers in two languages, line breaks and stars in them, six rows below the top."""
    book = Book("zh_bilingual", records=3, progress=3)
    sheet = book.sheet("Requirement List 需求清单", answers(*("number", "title", "department", "requester", "type", "priority", "submitted_on"), *("goal", "risk", "resources", "owner", "golive_due", "status", "progress", "keep"), left="B"))
    put(sheet, 1, [["Requirement List 需求清单"], ["Project 项目", "ERP Rollout 推广"], ["PM 项目经理", "Wendy Xu 徐雯"], ["Version 版本", "0.9"]])
    head = [
        "需求编号\nReq. ID*",
        "需求名称\nTitle*",
        "提出部门\nDepartment",
        "提出人\nRequester",
        "需求类型 / Type",
        "优先级 / Priority",
        "提出日期 / Date",
        "目标 (Goal)",
        "风险说明 (Risk)",
        "资源需求 (Resources)",
        "负责人 (Owner)",
        "计划上线日期 (Planned go-live)",
        "状态 (Status)",
        "进展 (Progress)",
        "附件 (Attachment)",
    ]
    rows = [
        ("ERP-01", "采购申请审批流", "采购部 Purchasing", "余波 Bo Yu", "新功能", "High", datetime(2024, 4, 1), "审批由 5 天降到 2 天", "历史数据迁移", "2 名 ABAP", "汪洋", datetime(2024, 6, 28), "In Progress", "2024-04-10: 蓝图确认 blueprint signed", "PR-flow.docx"),
        ("ERP-02", "批次追溯报表", "质量部 Quality", "田甜", "优化", "Medium", datetime(2024, 4, 8), "追溯时间 4 小时内", "无", "1 名 BI", "任杰", datetime(2024, 7, 12), "Open", "2024-04-12: 待数据 waiting for data", None),
        ("ERP-03", "条码打印错位", "仓库 Warehouse", "姜山", "修复", "High", datetime(2024, 4, 15), "错位率为 0", "打印机型号不一", "1 名 MM", "汪洋", datetime(2024, 5, 10), "Closed", "2024-05-09: 已发布 released", "label.pdf"),
    ]
    put(sheet, 7, [head, *rows], left=2)
    return book.done()


def hant_minguo() -> Tracker:
    """A Taiwanese tracker: years of the Republic, cases and units, a log of handling."""
    book = Book("hant_minguo", records=4, progress=5)
    sheet = book.sheet("需求追蹤表", answers(*("keep", "number", "title", "department", "requester", "submitted_on", "type"), *("priority", "description", "estimate", "golive_due", "owner", "status", "progress"), *("closed_on", "keep")))
    put(sheet, 1, [["資訊處系統需求追蹤表"], ["製表日期：113/05/31"]])
    head = ["項次", "案號", "案由", "申請單位", "申請人員", "收件日期", "案件類型", "優先順序", "需求說明", "預估人日", "預定完成日", "承辦人", "案件狀態", "處理情形", "結案日期", "備註"]
    rows = [
        (1, "IT11301", "薪資系統增修勞保級距", "人事處", "陳美玲", "113/01/03", "功能增修", "急件", "依公告調整勞保投保級距", 3, "113/01/31", "林志豪", "結案", "113/01/10 林志豪：程式完成\n113/01/25 驗收通過", "113/01/29", None),
        (2, "IT11302", "公文系統介接電子交換", "秘書處", "張淑芬", "113/02/15", "系統介接", "普通件", "與檔管局電子交換介接", 20, "113/06/30", "黃建宏", "辦理中", "113/03/01 需求訪談\n113/04/15 規格確認", None, "委外"),
        (3, "IT11303", "請購單無法列印", "總務處", "李國華", "113/03/04", "異常處理", "急件", "列印時出現空白頁", 1, "113/03/06", "林志豪", "結案", "113/03/05 已修正", "113/03/06", None),
        (4, "IT11304", "主管儀表板", "企劃處", "王怡君", "113/04/22", "新增功能", "普通", "六項指標每日更新", 15, "113/08/15", "黃建宏", "待評估", None, None, "待預算"),
    ]
    put(sheet, 4, [head, *rows])
    for merged in ("A1:P1", "A2:P2"):
        sheet.merge_cells(merged)
    return book.done()


def hant_planned_actual() -> Tracker:
    """Groups 預計 and 實際 over the same headers, not merged; a subtotal in the middle."""
    book = Book("hant_planned_actual", records=3)
    sheet = book.sheet("專案需求", answers(*("number", "title", "department", "benefit", "keep", "golive_due", "keep", "live_on"), *("development_owner", "test_owner", "result", "rollback", "status")))
    put(
        sheet,
        1,
        [
            ["編號", "需求項目", "需求單位", "預期效益", "預計", None, "實際", None, "程式設計師", "測試人員", "驗收狀況", "還原方案", "執行狀況"],
            [None, None, None, None, "開始日", "上線日", "開始日", "上線日", None, None, None, None, None],
            ["A01", "線上報修", "總務課", "電話報修減少 70%", date(2024, 1, 2), date(2024, 2, 16), date(2024, 1, 3), date(2024, 2, 20), "蔡宗翰", "許雅婷", "合格", "切回電話報修", "已上線"],
            ["A02", "訪客預約", "保全室", "櫃台等候 3 分鐘內", date(2024, 2, 1), date(2024, 3, 29), date(2024, 2, 5), None, "蔡宗翰", "許雅婷", None, "保留紙本登記", "測試"],
            ["小計", 2],
            ["B01", "車輛派遣", "運務課", "空車率降到 15%", date(2024, 3, 1), date(2024, 5, 31), None, None, "郭俊宏", "許雅婷", None, "沿用白板", "暫緩"],
        ],
    )
    return book.done()


def en_issue_export() -> Tracker:
    """What a ticket system exports: its own words, times with dates, labels."""
    book = Book("en_issue_export", records=4)
    sheet = book.sheet("general_report", answers(*("number", "title", "type", "status", "priority", "requester", "owner"), *("submitted_on", "keep", ("expected_on", "golive_due"), "description", "keep", "keep"), *("keep", "criteria", "closed_on")))
    head = ["Issue key", "Summary", "Issue Type", "Status", "Priority", "Reporter", "Assignee", "Created", "Updated", "Due Date", "Description", "Labels", "Sprint", "Story Points", "Acceptance Criteria", "Resolved"]
    rows = [
        ("CRM-12", "Merge duplicate accounts", "Story", "In Progress", "High", "Nina Patel", "Tom Becker", datetime(2024, 2, 1, 9, 12), datetime(2024, 3, 2, 16, 40), date(2024, 4, 1), "Two accounts with one VAT id become one", "data;quality", "Sprint 8", 5, "100 known duplicates merged, none lost", None),
        ("CRM-15", "Export times out", "Bug", "Done", "Highest", "Omar Diaz", "Tom Becker", datetime(2024, 2, 3, 11, 0), datetime(2024, 2, 9, 10, 5), date(2024, 2, 10), "Export of more than 5,000 rows fails", "export", "Sprint 7", 2, "20,000 rows in 30 seconds", datetime(2024, 2, 9, 10, 0)),
        ("CRM-19", "Consent at sign-up", "Story", "To Do", "Medium", "Nina Patel", "Ann Lee", datetime(2024, 2, 20, 15, 30), datetime(2024, 2, 20, 15, 30), None, "Ask for consent before the first mail", "legal", None, 3, "No mail without consent", None),
        ("CRM-23", "Faster search", "Improvement", "In Review", "Low", "Eva Novak", "Ann Lee", datetime(2024, 3, 4, 8, 45), datetime(2024, 3, 11, 12, 0), date(2024, 5, 15), "Search answers in less than 1 second", None, "Sprint 9", 8, "95% of searches under 1 s", None),
    ]
    put(sheet, 1, [head, *rows])
    return book.done()


def en_british() -> Tracker:
    """A title and a legend above, days first, a log of updates, a total below."""
    book = Book("en_british", records=4, progress=7)
    sheet = book.sheet("Demand log", answers(*("number", "title", "department", "requester", "submitted_on", "background"), *("benefit", "priority", "owner", "estimate", "golive_due", "status", "progress"), *("keep", "live_on")))
    put(sheet, 1, [["IT Demand Log FY24"], ["Owner: PMO. Updated every Friday."], []])
    head = ["Ref", "Request", "Dept", "Requested by", "Date raised", "Business need", "Business benefit", "Urgency", "IT owner", "Effort (days)", "Target go-live", "Status", "Updates", "RAG", "Went live"]
    rows = [
        ("D001", "Self-service password reset", "HR", "Karen Hughes", "25/01/2024", "40% of calls are resets", "120 calls fewer a month", "Must", "Simon Clarke", 10, "29/03/2024", "In build", "30/01: scoped with HR\n14/02: vendor chosen\n01/03: build started", "G", None),
        ("D002", "Supplier portal", "Procurement", "Priya Shah", "02/02/2024", "Orders are sent by fax", "2 days faster", "Should", "Simon Clarke", 35, "28/06/2024", "On hold", "16/02: budget asked for\n20/02: on hold until April", "R", None),
        ("D003", "VAT rate change", "Finance", "Colin Webb", "13/02/2024", "New rate from April", "Legal duty", "Must", "Grace Okoro", 4, "31/03/2024", "UAT", "19/02: built\n27/02: in UAT", "A", None),
        ("D004", "Badge printing", "Facilities", "Karen Hughes", "21/02/2024", "Printed off site", "GBP 3,000 a year", "Could", "Grace Okoro", 6, "30/04/2024", "Rejected", None, None, None),
        ("Total", 4, None, None, None, None, None, None, None, 55),
    ]
    put(sheet, 4, [head, *rows])
    sheet.merge_cells("A1:O1")
    return book.done()


def en_american() -> Tracker:
    """Months first, per cent, hours, two sheets of which one is a summary."""
    book = Book("en_american", records=4)
    summary = book.sheet("Dashboard")
    put(summary, 1, [["Open", 3], ["Closed", 1], ["% on time", 0.75]])
    sheet = book.sheet("Enhancements", answers(*("number", "title", "description", "requester", "department", "submitted_on"), *(("expected_on",), "development_owner", "test_owner", "keep", "status", "live_on"), *("rollback", "retrospective")))
    head = ["Request #", "Short Description", "Detailed Description", "Requestor", "Business Unit", "Request Date", "Needed By", "Developer", "QA", "% Complete", "Current Status", "Release Date", "Back-out Plan", "Lessons Learned"]
    rows = [
        (1001, "Tax table refresh", "Load the 2024 tax tables for all states", "M. Alvarez", "Payroll", "1/15/2024", "2/28/2024", "J. Kim", "R. Singh", 1, "Deployed", "2/26/2024", "Restore table backup", "Load in a test company first"),
        (1002, "Bulk address import", "Import addresses from CSV, 10,000 at a time", "D. Brown", "Sales", "2/3/2024", "4/30/2024", "J. Kim", "R. Singh", 0.4, "Active", None, None, None),
        (1003, "Duplicate invoice alert", "Warn when vendor, date and amount match", "M. Alvarez", "Accounting", "2/20/2024", "3/31/2024", "S. Park", "R. Singh", 0.9, "QA", None, "Switch the alert off", None),
        (1004, "Dark mode", "All screens", "L. Green", "Marketing", "3/1/2024", None, "S. Park", None, 0, "Backlog", None, None, None),
    ]
    put(sheet, 1, [head, *rows])
    return book.done()


def en_continental() -> Tracker:
    """Days with dots, logs such as 07.03., headers in the third row, names written in full."""
    book = Book("en_continental", records=3, progress=6)
    sheet = book.sheet("Anforderungen EN", answers(*("number", "title", "goal", "department", "contact", "submitted_on", "solution"), *("risk", "golive_due", "accepted_by", "result", "status", "progress", "blocked_reason"), left="C"))
    put(sheet, 1, [["Requirements of the plants, as of 31.05.2024"]], left=3)
    head = ["No.", "Requirement", "Objective", "Division", "Technical contact", "Submitted", "Proposed solution", "Risks", "Planned completion", "Accepted by", "Acceptance", "State", "Progress log", "Blocker"]
    rows = [
        ("W-7", "Scanner at gate 3", "Trucks wait less than 10 minutes", "Logistics", "Jürgen Maier", "26.02.2024", "Handheld scanners", "Radio coverage", "30.04.2024", "Petra Vogel", "passed", "closed", "07.03. scanners ordered\n12.04. installed\n19.04. accepted", None),
        ("W-8", "Energy report", "Monthly report in 1 hour", "Controlling", "Anna Lindqvist", "04.03.2024", "Power BI", "Meter data late", "31.05.2024", None, None, "in development", "15.03. data model\n28.03. first draft", None),
        ("W-9", "Label layout", "No wrong labels", "Production", "Jürgen Maier", "18.03.2024", "New template", "none", "28.06.2024", None, None, "on hold", "22.03. waiting for customer", "Customer has not answered"),
    ]
    put(sheet, 3, [head, *rows], left=3)
    return book.done()


def en_child_sheets() -> Tracker:
    """Requirements, an issue log and change requests on sheets of their own."""
    book = Book("en_child_sheets", records=3, progress=2)
    sheet = book.sheet("Requirements", answers("number", "title", "description", "type", "complexity", "estimate", "status", "criteria"))
    put(
        sheet,
        1,
        [
            ["Req ID", "Title", "Description", "Category", "Size", "Estimate", "Status", "Acceptance criteria"],
            ["R1", "Online booking", "Book a room in 3 clicks", "New feature", "Large", "4 weeks", "In progress", "50 test bookings without a fault"],
            ["R2", "Invoice layout", "New logo and footer", "Enhancement", "Small", "2 d", "Done", "Signed by finance"],
            ["R3", "SAP interface", "Nightly transfer", "Integration", "Medium", "7", "Testing", "3 nights without a fault"],
        ],
    )
    log = book.sheet("Progress log", answers("number", "date", "text", "by"))
    put(log, 1, [["Req ID", "Date", "Update", "Updated by"], ["R1", date(2024, 3, 4), "mock-ups agreed", "I. Costa"], ["R3", date(2024, 3, 6), "first night fine", "B. Wood"]])
    issues = book.sheet("Issues", answers("number", "raised_at", "issue", "owner", "measure", "state", "solved_on"))
    put(issues, 1, [["Requirement", "Date raised", "Issue", "Owner", "Resolution", "Status", "Date resolved"], ["R1", date(2024, 3, 5), "calendar feed is slow", "I. Costa", "cache it", "Open", None], ["R3", date(2024, 3, 7), "two records failed", "B. Wood", "retried by hand", "Resolved", date(2024, 3, 8)]])
    changes = book.sheet("Change requests", answers("keep", "number", "date", "by", "change", "reason", "effect"))
    put(changes, 1, [["CR no", "Requirement", "Requested on", "Requested by", "What changes", "Reason", "Schedule impact"], ["C-1", "R1", date(2024, 3, 11), "P. Lang", "5 rooms instead of 3", "new building", "1 week"]])
    return book.done()


def zh_standard() -> Tracker:
    """The standard's own fields in another order, without keys: an older hand-made register."""
    book = Book("zh_standard", records=2)
    sheet = book.sheet(
        "需求登记",
        answers(
            *("status", "number", "title", "type", "priority", "requester", "department"),
            *("submitted_on", "expected_on", "confirmed_on", "background", "goal", "description"),
            *("benefit", "owner", "assessed_on", "feasible", "complexity", "core_days"),
            *("other_days", "estimate", "risk", "solution", "root_cause", "verification"),
            *("business_signed_on",),
        )
        | {"AA": "technical_signed_on", "AB": "criteria", "AC": "result", "AD": "monitoring", "AE": "business_closed", "AF": "technical_closed", "AG": "retrospective"},
    )
    head = [
        "当前状态",
        "需求编号",
        "需求名称",
        "需求类型",
        "优先级",
        "提出人",
        "提出部门",
        "提出日期",
        "期望上线时间",
        "初步确认日期",
        "需求背景说明",
        "目标描述",
        "功能/业务描述",
        "预期效果",
        "技术负责人",
        "评估日期",
        "技术可行性",
        "复杂度评估",
        "核心功能工期",
        "非核心功能工期",
        "预估工期",
        "风险说明",
        "解决方案",
        "问题根因",
        "验证步骤",
        "业务签字日期",
        "技术签字日期",
        "验收标准",
        "验收结果",
        "上线监控结果",
        "业务闭环确认",
        "技术闭环确认",
        "复盘记录",
    ]
    rows = [
        (
            "已闭环",
            "2024-001",
            "用户订单状态同步",
            "修复",
            "高",
            "*经理",
            "市场部",
            date(2024, 3, 1),
            date(2024, 3, 15),
            date(2024, 3, 1),
            "支付后状态不更新",
            "5 秒内同步",
            "1. 监听支付结果 2. 推送",
            "来电减少 15%",
            "张*",
            date(2024, 3, 4),
            "是",
            "中",
            4,
            1,
            5,
            "第三方接口",
            "缓存加推送",
            "消息丢失",
            "下 100 单",
            date(2024, 3, 5),
            date(2024, 3, 5),
            "100 单均 3 秒内",
            "通过",
            "无异常",
            "是",
            "是",
            "提前约定测试窗口",
        ),
        (
            "开发中",
            "2024-002",
            "对账差异提醒",
            "新功能",
            "中",
            "李*",
            "财务部",
            date(2024, 3, 6),
            date(2024, 4, 30),
            date(2024, 3, 7),
            "差异靠人工发现",
            "当日发现率 100%",
            "1. 每日 8 点比对",
            "每月少 20 小时",
            "王*",
            date(2024, 3, 8),
            "是",
            "低",
            2,
            1,
            3,
            "无",
            "定时任务",
            None,
            None,
            date(2024, 3, 12),
            date(2024, 3, 12),
            "连续 5 天无漏报",
            None,
            None,
            None,
            None,
            None,
        ),
    ]
    put(sheet, 2, [head, *rows])
    return book.done()


TRACKERS = (zh_plain, zh_grouped, zh_text_dates, zh_years, zh_merged_down, zh_serials, zh_bilingual, zh_standard, hant_minguo, hant_planned_actual, en_issue_export, en_british, en_american, en_continental, en_child_sheets)
