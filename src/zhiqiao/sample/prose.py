"""Put an idea into the words of a patent: abstract and first claim."""

from __future__ import annotations

import re

from zhiqiao.sample.seeds import DesignIdea, Idea, pick

_STEPS = "包括以下步骤："
_METHOD = re.compile(r"(方法|工艺)$")
_MATERIAL = re.compile(
    r"(料|液|剂|膜|粉末|板|纸|钢|胶|粉|片|陶瓷|涂层|乳液|敷料|玻璃|曲奇|软糖|饼馅|微粒|面料|丸|母粒|树脂|材质|组合物|海绵|创可贴|极)$"
)
_PARTS = re.compile(r"\d份")
_AGENT = re.compile(r"(液|剂)$")
_MAKING = re.compile(r"制备|制造|生产")
# "一种甲及其制备方法": what is claimed is named before the 及.
_BEFORE_AND = re.compile(r"(及其?|和|与)[^及]*?(方法|工艺|应用|系统|电极|终端|电池|机械手|基电极)$")

_INVENTION = (
    "本发明公开了{title}，{lead}；{addition}。本发明针对{problem}的问题作出改进，{effect}，适用于{use}。",
    "本发明涉及{use}技术领域，具体公开了{title}。针对{problem}的问题，{scheme}。其中，{addition}。{effect}。",
    "为解决{problem}的问题，本发明提供{title}，{lead}；{addition}。采用本发明，{effect}。",
    "本发明提供{title}，{lead}。在此基础上，{addition}。与现有技术相比，本发明克服了{problem}的缺陷，{effect}。",
    "{title}，属于{use}领域。{scheme}；{addition}。本发明解决了{problem}的技术问题，{effect}。",
)
_UTILITY = (
    "本实用新型公开了{title}，{lead}；{addition}。本实用新型结构合理，{effect}，解决了{problem}的问题。",
    "本实用新型涉及{use}设备技术领域，尤其涉及{title}，{lead}。{addition}。针对{problem}的现状，{effect}。",
    "本实用新型提供{title}，用于解决{problem}的问题，{lead}，{addition}。使用时{effect}。",
    "{title}，{lead}；{addition}。本实用新型改善了{problem}的情况，{effect}，便于在{use}中推广。",
)
# Closing sentences such as many abstracts carry; they bring a short one to a usual length.
_FILLERS = (
    "各部分可按工况选配，便于在现有条件下改造",
    "上述参数由对比试验确定，在小批试用中得到验证",
    "整体方案不改变前后工序，投入小、见效快",
    "所用部件均为常规规格，维护和更换方便",
    "试制样品经连续运行考核，性能保持稳定",
    "该方案已完成实验室验证，可按产量放大",
    "现场人员经简单培训即可掌握",
    "经对比，综合成本低于现有同类方案",
)
_SHORTEST = 150


def is_method(idea: Idea) -> bool:
    """Only products can be utility models: a method, a material or a process must be an invention."""
    title = idea.title
    return bool(
        idea.core.startswith((_STEPS, "按", "由", "包括按"))
        or _METHOD.search(title)
        or _MATERIAL.search(_thing(title))
        or _PARTS.search(idea.core)
        or "系统" in title
    )


def lead(idea: Idea) -> str:
    """The core of the idea, joined to a title that may name a method, a device or a material."""
    thing, method = _thing(idea.title), bool(_METHOD.search(idea.title))
    material = bool(_MATERIAL.search(thing))
    if idea.core.startswith(_STEPS):
        if method and not material:
            return idea.core
        way = "应用" if _AGENT.search(thing) else "制造" if material or method else "工作"
        return f"其{way}过程{idea.core}"
    if idea.core.startswith(("按", "由", "包括按")):
        if material:
            return idea.core
        subject = "所得材料" if _MAKING.search(idea.title) else "所针对的材料"
        return subject + idea.core
    return f"涉及的结构{idea.core}" if method and thing == idea.title else idea.core


def _with_subject(text: str) -> str:
    """A sentence of its own needs a subject before 包括, 由 or 按."""
    return f"该方案{text}" if text.startswith(("包括", "由", "按")) else text


def _thing(title: str) -> str:
    return _BEFORE_AND.sub("", title)


def abstract(idea: Idea, kind: str) -> str:
    patterns = _INVENTION if kind == "invention" else _UTILITY
    text = pick(patterns, idea.key, "pattern").format(
        title=idea.title,
        lead=lead(idea),
        scheme=_with_subject(lead(idea)),
        problem=idea.problem,
        addition=idea.addition,
        effect=idea.effect,
        use=idea.use,
    )
    if len(text) < _SHORTEST and idea.use not in text:
        text += f"可用于{idea.use}。"
    for round_number in range(len(_FILLERS)):
        if len(text) >= _SHORTEST:
            break
        filler = pick(_FILLERS, idea.key, "filler", round_number)
        if filler not in text:
            text += filler + "。"
    return text


def first_claim(idea: Idea) -> str:
    return f"1.{idea.title}，其特征在于：{lead(idea)}；{idea.addition}。"


def design_statement(idea: DesignIdea) -> str:
    """The 简要说明 of a design, in the order of Implementing Regulations art. 31."""
    return (
        f"1.本外观设计产品的名称：{idea.title}。2.本外观设计产品的用途：{idea.use}。"
        f"3.本外观设计产品的设计要点：{idea.point}。4.最能表明设计要点的图片或照片：立体图。"
    )
