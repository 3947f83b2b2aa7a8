"""Every component in every state, for those who work on the look. Only where the environment asks for it
(``ZHIQIAO_DEBUG=1``): elsewhere there is no such page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.forms import DayInput, Worded
from zhiqiao.web.charts import Chart, Series, Shape
from zhiqiao.web.pages import SignedInRequest

SHORT = "压铸模具表面复合强化方法"
LONG = (
    "一种用于新能源汽车一体化压铸模具的多层梯度氮化钛铝硅复合涂层及其低温等离子体辅助沉积工艺与在线修复装置 "
    "A multilayer gradient TiAlSiN coating for integrated die-casting moulds of new-energy vehicles, its "
    "low-temperature plasma-assisted deposition and a device for repairing it in place"
)
PARAGRAPH = (LONG + "。") * 6
GROUNDS = (
    "ground",
    "surface",
    "raised",
    "sunken",
    "hover",
    "picked",
    "brand-soft",
    "good-soft",
    "warn-soft",
    "bad-soft",
)
TONES = ("", "brand", "good", "warn", "bad")
DENSITIES = {"hall": "hall", "desk": "desk"}
YEARS = tuple(str(year) for year in range(2018, 2026))
TIERS = ("优先推广 Promote", "重点培育 Cultivate", "基础维持 Keep", "观察 Watch", "放弃 Drop")
COUNTED = "件"
SAID = (
    (constants.SUCCESS, "已保存 Saved"), (constants.INFO, LONG), (constants.WARNING, "请核对 Please check"),
    (constants.ERROR, "未能保存 Not saved"),
)  # fmt: skip


class SampleForm(Worded):
    """Each kind of field; filled in wrongly, it shows what is wrong."""

    title = forms.CharField(label="名称 Name", max_length=40, help_text="说明写在栏下 Help stands below the field.")
    amount = forms.DecimalField(label="金额(元)Amount, yuan", min_value=0)
    day = forms.DateField(label="日期 Day", widget=DayInput())
    kind = forms.ChoiceField(label="类型 Kind", choices=[("a", "发明专利 Invention"), ("b", "实用新型 Utility model")])
    tier = forms.ChoiceField(
        label="分层 Tier", choices=[(each, each) for each in TIERS[:3]], widget=forms.RadioSelect, required=False
    )
    published = forms.BooleanField(label="公开 Published", required=False)
    text = forms.CharField(
        label="正文 Text", max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-counter": "gallery-counted"}),
    )  # fmt: skip
    file = forms.FileField(label="附件 File", required=False)


def charts() -> list[Chart]:
    granted = Series("授权 Granted", (31, 40, 52, 47, 61, 75, 88, 93))
    both = (granted, Series("申请 Filed", (50, 61, 70, 66, 81, 99, 104, None)))
    five = (Series("专利 Patents", (42, 67, 131, 18, 9)),)
    there = tuple("?part=" + str(place) for place in range(5))
    return [
        Chart("bars", "按年授权 Granted by year", Shape.BARS, YEARS, (granted,), COUNTED, "条形 bars"),
        Chart("stacked", "申请授权 Filed, granted", Shape.BARS, YEARS, both, COUNTED, "堆叠 stacked", stacked=True),
        Chart("line", "申请授权 Filed, granted", Shape.LINE, YEARS, both, COUNTED, "末年未知 last year not known"),
        Chart("rows", "按分层 By tier", Shape.ROWS, TIERS, five, COUNTED, "横条,可点击 lying bars that lead on", there),
        Chart("pie", "按分层 By tier", Shape.PIE, TIERS, five, COUNTED, "饼图 pie", there),
        Chart("none", "尚无数据 Nothing to show", Shape.BARS, YEARS, (Series("", (0,) * 8),)),
    ]  # fmt: skip


@require_safe
def gallery(request: SignedInRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise NotFound
    wrong = SampleForm({"title": "超" * 41, "amount": "-1", "day": "2026-02-31", "kind": "c"}, label_suffix="")
    wrong.full_clean()
    context: dict[str, Any] = {
        "density": DENSITIES.get(request.GET.get("density", ""), "desk"),
        "short": SHORT, "long": LONG, "paragraph": PARAGRAPH, "grounds": GROUNDS, "tones": TONES, "charts": charts(),
        "form": SampleForm(initial={"title": SHORT}, label_suffix="", auto_id="empty_%s"), "wrong": wrong,
        "messages": [Message(level, words) for level, words in SAID],
        "rows": [SHORT, LONG, SHORT + "(二)", "短 Short"],
    }  # fmt: skip
    return render(request, "gallery.html", context)
