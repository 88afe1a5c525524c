"""What the people of the simulation write: measurable, masked, and no text twice."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from xlflow.languages import Language

DEPARTMENTS: Mapping[Language, tuple[str, ...]] = {
    "en": ("Marketing", "Finance", "Warehouse", "Customer Service"),
    "zh-Hans": ("市场部", "财务部", "仓储部", "客户服务部"),
    "zh-Hant": ("行銷部", "財務部", "倉儲部", "客戶服務部"),
}

NAMES: Mapping[Language, tuple[str, ...]] = {
    "en": ("* Manager", "L. *", "W. *", "Z. *", "* Director", "C. *"),
    "zh-Hans": ("*经理", "李*", "王*", "张*", "*主管", "陈*"),
    "zh-Hant": ("*經理", "李*", "王*", "張*", "*主管", "陳*"),
}

# {n} tells the requirement, {k} is any number, {at} tells lines of one requirement apart.
_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "{thing} {n}",
        "background": "Clerks type list {n} into two systems by hand, {k} times a day",
        "goal": "List {n} is in both systems within {k} seconds",
        "description": "1. Take over list {n} from the order system; 2. show what is missing",
        "benefit": "The team of list {n} saves {k} hours a week",
        "interruption": "Without it, orders of list {n} wait {k} days for their invoices",
        "infeasible_reason": "The supplier of list {n} offers no interface before next year",
        "alternative": "A file of list {n} each night, {k} working days",
        "resources": "1 developer, 1 tester and the interface of list {n}",
        "risk": "The interface of list {n} may change with its next release",
        "solution": "A queue takes the lines of list {n} and retries {k} times",
        "root_cause": "The job of list {n} skips lines that come after {k} minutes",
        "verification": "Send list {n} twice and count its lines in both systems",
        "criteria": "100 test orders of list {n} arrive within {k} seconds, no data missing",
        "blocked_reason": "The supplier of list {n} has not opened port {k} yet, case {at}",
        "cancelled": "List {n} is replaced by another system, decision {k}",
        "failure": "{k} of 100 test orders of list {n} came late",
        "rollback": "Switch list {n} back to the night job, {k} minutes",
        "monitoring": "24 hours without an error, {k} orders of list {n}",
        "retrospective": "Ask the supplier of list {n} for a test window {k} days ahead",
        "text": "Step {at} of list {n} is done, {k} cases checked",
        "issue": "Which of the {k} fields of list {n} may stay empty? Question {at}",
        "measure": "In progress: list {n} is looked through, question {at}",
        "answer": "The fields of list {n} are settled, question {at}",
        "change": "List {n} also shows {k} more columns, request {at}",
        "reason": "Sales decided it for list {n}, request {at}",
        "effect": "Go-live of list {n} moves by some days, request {at}",
    },
    "zh-Hans": {
        "title": "{thing}第{n}项",
        "background": "第{n}项清单由员工在两个系统中手工录入，每天{k}次",
        "goal": "第{n}项清单在{k}秒内同步到两个系统",
        "description": "1. 从订单系统接收第{n}项清单；2. 显示缺少的内容",
        "benefit": "负责第{n}项清单的小组每周节省{k}小时",
        "interruption": "不上线时，第{n}项清单的订单要等{k}天才能开票",
        "infeasible_reason": "第{n}项清单的供应商明年之前不提供接口",
        "alternative": "每晚传送一次第{n}项清单的文件，{k}个工作日",
        "resources": "1名开发、1名测试，以及第{n}项清单的接口",
        "risk": "第{n}项清单的接口可能随下个版本变动",
        "solution": "用队列接收第{n}项清单的明细，失败后重试{k}次",
        "root_cause": "第{n}项清单的任务会跳过{k}分钟后到达的明细",
        "verification": "把第{n}项清单发送两次，核对两边的明细条数",
        "criteria": "第{n}项清单的100笔测试订单均在{k}秒内到达，数据无缺失",
        "blocked_reason": "第{n}项清单的供应商尚未开放{k}端口，情况{at}",
        "cancelled": "第{n}项清单改由别的系统承担，决定{k}",
        "failure": "第{n}项清单的100笔测试订单中有{k}笔超时",
        "rollback": "第{n}项清单切回夜间任务，{k}分钟完成",
        "monitoring": "24小时无报错，第{n}项清单共{k}笔订单",
        "retrospective": "提前{k}天向第{n}项清单的供应商预约测试窗口",
        "text": "第{n}项清单的步骤{at}已做完，核对{k}例",
        "issue": "第{n}项清单的{k}个字段中哪些可以留空？问题{at}",
        "measure": "处理中：正在核对第{n}项清单，问题{at}",
        "answer": "第{n}项清单的字段已经确定，问题{at}",
        "change": "第{n}项清单再显示{k}列，申请{at}",
        "reason": "销售部门对第{n}项清单作了决定，申请{at}",
        "effect": "第{n}项清单的上线推迟几天，申请{at}",
    },
    "zh-Hant": {
        "title": "{thing}第{n}項",
        "background": "第{n}項清單由員工在兩個系統中手動輸入，每天{k}次",
        "goal": "第{n}項清單在{k}秒內同步到兩個系統",
        "description": "1. 從訂單系統接收第{n}項清單；2. 顯示缺少的內容",
        "benefit": "負責第{n}項清單的小組每週節省{k}小時",
        "interruption": "不上線時，第{n}項清單的訂單要等{k}天才能開發票",
        "infeasible_reason": "第{n}項清單的供應商明年之前不提供介面",
        "alternative": "每晚傳送一次第{n}項清單的檔案，{k}個工作天",
        "resources": "1名開發、1名測試，以及第{n}項清單的介面",
        "risk": "第{n}項清單的介面可能隨下個版本變動",
        "solution": "用佇列接收第{n}項清單的明細，失敗後重試{k}次",
        "root_cause": "第{n}項清單的工作會略過{k}分鐘後到達的明細",
        "verification": "把第{n}項清單傳送兩次，核對兩邊的明細筆數",
        "criteria": "第{n}項清單的100筆測試訂單均在{k}秒內到達，資料無缺失",
        "blocked_reason": "第{n}項清單的供應商尚未開放{k}連接埠，情況{at}",
        "cancelled": "第{n}項清單改由別的系統承擔，決定{k}",
        "failure": "第{n}項清單的100筆測試訂單中有{k}筆逾時",
        "rollback": "第{n}項清單切回夜間工作，{k}分鐘完成",
        "monitoring": "24小時無錯誤，第{n}項清單共{k}筆訂單",
        "retrospective": "提前{k}天向第{n}項清單的供應商預約測試時段",
        "text": "第{n}項清單的步驟{at}已做完，核對{k}例",
        "issue": "第{n}項清單的{k}個欄位中哪些可以留空？問題{at}",
        "measure": "處理中：正在核對第{n}項清單，問題{at}",
        "answer": "第{n}項清單的欄位已經確定，問題{at}",
        "change": "第{n}項清單再顯示{k}欄，申請{at}",
        "reason": "業務部門對第{n}項清單作了決定，申請{at}",
        "effect": "第{n}項清單的上線延後幾天，申請{at}",
    },
}

_THINGS: Mapping[Language, tuple[str, ...]] = {
    "en": ("Order export", "Invoice import", "Stock report", "Refund form", "Price approval"),
    "zh-Hans": ("订单导出", "发票导入", "库存报表", "退款表单", "价格审批"),
    "zh-Hant": ("訂單匯出", "發票匯入", "庫存報表", "退款表單", "價格審批"),
}


def text(language: Language, key: str, n: int, rng: Random, at: int = 0) -> str:
    """What stands in a field of requirement `n`; `at` counts what it has several of."""
    thing = rng.choice(_THINGS[language])
    return _TEXTS[language][key].format(thing=thing, n=n, k=rng.randint(2, 40), at=at)
