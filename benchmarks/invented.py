"""Invented titles, abstracts and needs, for all benchmarks alike."""

from __future__ import annotations

import random


def listed(words: str) -> list[str]:
    return words.split()


OBJECTS = listed(
    """
    锂离子电池 隔膜 注塑模具 印制电路板 家具板材 毛织物 铝合金压铸件 污水 电镀废水 食品包装膜 激光焊接头
    仓储机器人 光伏组件 数控机床主轴 液压阀 传感器芯片 显示面板 医用导管 疫苗佐剂 水稻秧苗 混凝土 钢结构
    电梯曳引机 热泵 空压机 无人机旋翼 齿轮箱 轴承 陶瓷坯体 石墨烯 碳纤维 橡胶密封圈 涂料 胶黏剂
    化妆品乳液 中药提取物 耳机 摄像模组 电源适配器 充电桩
    """
)
ACTIONS = listed(
    """
    制备 检测 回收 清洗 干燥 焊接 切割 成型 封装 涂覆 散热 降噪 除尘 过滤 分选 输送 装配 校准 监测 预警
    诊断 控制 调度 定位 识别 压缩 加密 固化 染色 灭菌
    """
)
QUALITIES = listed(
    """
    高强度 低温 快速 自动 智能 可降解 耐磨 防水 节能 微型 柔性 高精度 低成本 环保 抗菌 高导热 轻量化
    模块化 便携式 无损 连续 双层 多级 自适应 远程
    """
)
KINDS = listed("方法 装置 系统 工艺 结构 设备 组件 材料 组合物 机构")
PARTS = listed(
    """
    壳体 支架 电机 导轨 弹簧 喷嘴 滤网 加热板 传动轴 控制器 夹具 气缸 冷却管 温度传感器 转盘 进料口
    出料口 限位块 密封垫 驱动模块 通信模块 采集单元 反应釜 搅拌桨 储液罐
    """
)
CHARACTERS_OF_NEED = 200


def title(chance: random.Random) -> str:
    start = chance.choice(("一种", "一种", "", "用于"))
    words = (chance.choice(QUALITIES), chance.choice(OBJECTS), chance.choice(ACTIONS), chance.choice(KINDS))
    return start + "".join(words[:2]) + "的" * (chance.random() < 0.3) + "".join(words[2:])


def abstract(chance: random.Random, about: str) -> str:
    def clause() -> str:
        parts = "、".join(chance.sample(PARTS, 3))
        return f"所述{chance.choice(OBJECTS)}设有{parts}，{chance.choice(QUALITIES)}{chance.choice(ACTIONS)}"

    return f"本发明公开了{about}，包括{chance.choice(PARTS)}；{'；'.join(clause() for _ in range(4))}，提高了效率。"


def need(chance: random.Random) -> str:
    text = f"{chance.choice(QUALITIES)}{chance.choice(OBJECTS)}{chance.choice(ACTIONS)}技术需求。"
    while len(text) < CHARACTERS_OF_NEED:
        text += (
            f"我公司在{chance.choice(OBJECTS)}生产中遇到{chance.choice(ACTIONS)}难题，希望寻求{chance.choice(QUALITIES)}"
            f"的{chance.choice(KINDS)}，涉及{chance.choice(PARTS)}和{chance.choice(PARTS)}，并能{chance.choice(ACTIONS)}。"
        )
    return text
