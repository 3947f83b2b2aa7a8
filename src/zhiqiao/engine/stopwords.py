"""Words that say little about what is needed or invented."""

from __future__ import annotations

# Never indexed as query terms: grammar, and the phrases every need is wrapped in.
STOP_WORDS = frozenset(
    """
    的 了 和 与 及 或 在 是 为 对 将 其 该 所 中 等 以 于 上 下 由 从 到 并 且 而 也 又 则 个 这 那 可
    能 会 有 无 不 后 前 内 外 之 把 被 使 让 给 向 按 据 如 若 但 至 各 每 某 本 我 我们 你 他 它 他们
    它们 公司 企业 我司 本公司 本发明 本实用新型 本申请 以及 其中 所述 包括 包含 具有 通过 进行 实现
    采用 利用 使得 从而 可以 能够 由于 因此 所以 因为 如果 目前 现有 需要 希望 要求 存在 问题 解决 主要
    相关 以下 上述 这种 这些 那些 什么 怎么 如何 怎样 the a an of and or for to in on with by is are be
    as at from that this it
    """.split()  # noqa: SIM905  a paragraph reads better than a hundred quoted words
)

# Met in half of all needs or patent titles: they count, but little.
WEAK_WORDS = frozenset(
    """
    一种 方法 装置 系统 设备 技术 工艺 研发 研究 需求 开发 应用 产业化 产品 项目 生产 制备 制造 设计
    结构 新型 及其 基于 用于 关键 关键技术 机构 组件 材料 功能 性能 提高 降低 改进 优化 提升 实用 公开
    涉及 领域 提供 内容 预期 目标 工作 基础 技术难题 难题 核心 方面 情况 条件 水平 过程 使用 设有 连接
    安装 设置 第一 第二 一个 多个 至少 合作 攻关 创新 研制 推广 示范 综合 高效 控制 处理 加工 自动 智能
    平台 服务 方案 建设 发展 市场 行业 国内 国际 国内外 先进 较 更 多 大 小 高 低 新 好
    """.split()  # noqa: SIM905  a paragraph reads better than a hundred quoted words
)

# Single characters that name a thing or a substance; all others say nothing by themselves ("time", "high", "with").
TELLING_CHARACTERS = frozenset(
    """
    锂铍硼碳氮氧氟钠镁铝硅磷硫氯氩钾钙钪钛钒铬锰铁钴镍铜锌镓锗砷硒溴锶钇锆铌钼钌钯银镉铟锡锑碲碘铯钡镧铈钕钐铕钽钨铼铂金汞
    铅铋氢氨氦铀烯烷烃苯酚醇醛酮酸碱盐酯醚胺腈肽糖酶胶漆油煤焦炉窑泵阀锅钢砖瓦砂纸布纱棉麻革茶酒醋米麦稻菇菌藻虾蟹鱼鸡鸭猪牛羊
    蚕蜂果菜豆药肺肝肾胃癌血骨齿泥膜镜灯锯刀钉缆船轮轴罐桩隧桥井矿渣灰
    """.replace("\n", "").replace(" ", "")
)
