# answer: %{error: 1080, ok: 10920}
# group: pattern matching
# A function of 700 clauses, one of 300 words, 120 that call each other: compiled and run once.
defmodule Big do
  def f(0, x) when is_integer(x), do: {:k0, x * 3 + 0}
  def f(1, x) when is_integer(x), do: {:k1, x * 4 + 1}
  def f(2, x) when is_integer(x), do: {:k2, x * 5 + 4}
  def f(3, x) when is_integer(x), do: {:k3, x * 6 + 9}
  def f(4, x) when is_integer(x), do: {:k4, x * 7 + 16}
  def f(5, x) when is_integer(x), do: {:k5, x * 8 + 25}
  def f(6, x) when is_integer(x), do: {:k6, x * 9 + 36}
  def f(7, x) when is_integer(x), do: {:k7, x * 10 + 49}
  def f(8, x) when is_integer(x), do: {:k8, x * 11 + 64}
  def f(9, x) when is_integer(x), do: {:k9, x * 12 + 81}
  def f(10, x) when is_integer(x), do: {:k10, x * 13 + 3}
  def f(11, x) when is_integer(x), do: {:k11, x * 14 + 24}
  def f(12, x) when is_integer(x), do: {:k12, x * 15 + 47}
  def f(13, x) when is_integer(x), do: {:k13, x * 16 + 72}
  def f(14, x) when is_integer(x), do: {:k14, x * 17 + 2}
  def f(15, x) when is_integer(x), do: {:k15, x * 18 + 31}
  def f(16, x) when is_integer(x), do: {:k16, x * 19 + 62}
  def f(17, x) when is_integer(x), do: {:k17, x * 20 + 95}
  def f(18, x) when is_integer(x), do: {:k18, x * 21 + 33}
  def f(19, x) when is_integer(x), do: {:k19, x * 22 + 70}
  def f(20, x) when is_integer(x), do: {:k20, x * 23 + 12}
  def f(21, x) when is_integer(x), do: {:k21, x * 24 + 53}
  def f(22, x) when is_integer(x), do: {:k22, x * 25 + 96}
  def f(23, x) when is_integer(x), do: {:k23, x * 26 + 44}
  def f(24, x) when is_integer(x), do: {:k24, x * 27 + 91}
  def f(25, x) when is_integer(x), do: {:k25, x * 28 + 43}
  def f(26, x) when is_integer(x), do: {:k26, x * 29 + 94}
  def f(27, x) when is_integer(x), do: {:k27, x * 30 + 50}
  def f(28, x) when is_integer(x), do: {:k28, x * 31 + 8}
  def f(29, x) when is_integer(x), do: {:k29, x * 32 + 65}
  def f(30, x) when is_integer(x), do: {:k30, x * 33 + 27}
  def f(31, x) when is_integer(x), do: {:k31, x * 34 + 88}
  def f(32, x) when is_integer(x), do: {:k32, x * 35 + 54}
  def f(33, x) when is_integer(x), do: {:k33, x * 36 + 22}
  def f(34, x) when is_integer(x), do: {:k34, x * 37 + 89}
  def f(35, x) when is_integer(x), do: {:k35, x * 38 + 61}
  def f(36, x) when is_integer(x), do: {:k36, x * 39 + 35}
  def f(37, x) when is_integer(x), do: {:k37, x * 40 + 11}
  def f(38, x) when is_integer(x), do: {:k38, x * 41 + 86}
  def f(39, x) when is_integer(x), do: {:k39, x * 42 + 66}
  def f(40, x) when is_integer(x), do: {:k40, x * 43 + 48}
  def f(41, x) when is_integer(x), do: {:k41, x * 44 + 32}
  def f(42, x) when is_integer(x), do: {:k42, x * 45 + 18}
  def f(43, x) when is_integer(x), do: {:k43, x * 46 + 6}
  def f(44, x) when is_integer(x), do: {:k44, x * 47 + 93}
  def f(45, x) when is_integer(x), do: {:k45, x * 48 + 85}
  def f(46, x) when is_integer(x), do: {:k46, x * 49 + 79}
  def f(47, x) when is_integer(x), do: {:k47, x * 50 + 75}
  def f(48, x) when is_integer(x), do: {:k48, x * 51 + 73}
  def f(49, x) when is_integer(x), do: {:k49, x * 52 + 73}
  def f(50, x) when is_integer(x), do: {:k50, x * 53 + 75}
  def f(51, x) when is_integer(x), do: {:k51, x * 54 + 79}
  def f(52, x) when is_integer(x), do: {:k52, x * 55 + 85}
  def f(53, x) when is_integer(x), do: {:k53, x * 56 + 93}
  def f(54, x) when is_integer(x), do: {:k54, x * 57 + 6}
  def f(55, x) when is_integer(x), do: {:k55, x * 58 + 18}
  def f(56, x) when is_integer(x), do: {:k56, x * 59 + 32}
  def f(57, x) when is_integer(x), do: {:k57, x * 60 + 48}
  def f(58, x) when is_integer(x), do: {:k58, x * 61 + 66}
  def f(59, x) when is_integer(x), do: {:k59, x * 62 + 86}
  def f(60, x) when is_integer(x), do: {:k60, x * 63 + 11}
  def f(61, x) when is_integer(x), do: {:k61, x * 64 + 35}
  def f(62, x) when is_integer(x), do: {:k62, x * 65 + 61}
  def f(63, x) when is_integer(x), do: {:k63, x * 66 + 89}
  def f(64, x) when is_integer(x), do: {:k64, x * 67 + 22}
  def f(65, x) when is_integer(x), do: {:k65, x * 68 + 54}
  def f(66, x) when is_integer(x), do: {:k66, x * 69 + 88}
  def f(67, x) when is_integer(x), do: {:k67, x * 70 + 27}
  def f(68, x) when is_integer(x), do: {:k68, x * 71 + 65}
  def f(69, x) when is_integer(x), do: {:k69, x * 72 + 8}
  def f(70, x) when is_integer(x), do: {:k70, x * 73 + 50}
  def f(71, x) when is_integer(x), do: {:k71, x * 74 + 94}
  def f(72, x) when is_integer(x), do: {:k72, x * 75 + 43}
  def f(73, x) when is_integer(x), do: {:k73, x * 76 + 91}
  def f(74, x) when is_integer(x), do: {:k74, x * 77 + 44}
  def f(75, x) when is_integer(x), do: {:k75, x * 78 + 96}
  def f(76, x) when is_integer(x), do: {:k76, x * 79 + 53}
  def f(77, x) when is_integer(x), do: {:k77, x * 80 + 12}
  def f(78, x) when is_integer(x), do: {:k78, x * 81 + 70}
  def f(79, x) when is_integer(x), do: {:k79, x * 82 + 33}
  def f(80, x) when is_integer(x), do: {:k80, x * 83 + 95}
  def f(81, x) when is_integer(x), do: {:k81, x * 84 + 62}
  def f(82, x) when is_integer(x), do: {:k82, x * 85 + 31}
  def f(83, x) when is_integer(x), do: {:k83, x * 86 + 2}
  def f(84, x) when is_integer(x), do: {:k84, x * 87 + 72}
  def f(85, x) when is_integer(x), do: {:k85, x * 88 + 47}
  def f(86, x) when is_integer(x), do: {:k86, x * 89 + 24}
  def f(87, x) when is_integer(x), do: {:k87, x * 90 + 3}
  def f(88, x) when is_integer(x), do: {:k88, x * 91 + 81}
  def f(89, x) when is_integer(x), do: {:k89, x * 92 + 64}
  def f(90, x) when is_integer(x), do: {:k90, x * 93 + 49}
  def f(91, x) when is_integer(x), do: {:k91, x * 94 + 36}
  def f(92, x) when is_integer(x), do: {:k92, x * 95 + 25}
  def f(93, x) when is_integer(x), do: {:k93, x * 96 + 16}
  def f(94, x) when is_integer(x), do: {:k94, x * 97 + 9}
  def f(95, x) when is_integer(x), do: {:k95, x * 98 + 4}
  def f(96, x) when is_integer(x), do: {:k96, x * 99 + 1}
  def f(97, x) when is_integer(x), do: {:k97, x * 100 + 0}
  def f(98, x) when is_integer(x), do: {:k98, x * 101 + 1}
  def f(99, x) when is_integer(x), do: {:k99, x * 102 + 4}
  def f(100, x) when is_integer(x), do: {:k100, x * 103 + 9}
  def f(101, x) when is_integer(x), do: {:k101, x * 104 + 16}
  def f(102, x) when is_integer(x), do: {:k102, x * 105 + 25}
  def f(103, x) when is_integer(x), do: {:k103, x * 106 + 36}
  def f(104, x) when is_integer(x), do: {:k104, x * 107 + 49}
  def f(105, x) when is_integer(x), do: {:k105, x * 108 + 64}
  def f(106, x) when is_integer(x), do: {:k106, x * 109 + 81}
  def f(107, x) when is_integer(x), do: {:k107, x * 110 + 3}
  def f(108, x) when is_integer(x), do: {:k108, x * 111 + 24}
  def f(109, x) when is_integer(x), do: {:k109, x * 112 + 47}
  def f(110, x) when is_integer(x), do: {:k110, x * 113 + 72}
  def f(111, x) when is_integer(x), do: {:k111, x * 114 + 2}
  def f(112, x) when is_integer(x), do: {:k112, x * 115 + 31}
  def f(113, x) when is_integer(x), do: {:k113, x * 116 + 62}
  def f(114, x) when is_integer(x), do: {:k114, x * 117 + 95}
  def f(115, x) when is_integer(x), do: {:k115, x * 118 + 33}
  def f(116, x) when is_integer(x), do: {:k116, x * 119 + 70}
  def f(117, x) when is_integer(x), do: {:k117, x * 120 + 12}
  def f(118, x) when is_integer(x), do: {:k118, x * 121 + 53}
  def f(119, x) when is_integer(x), do: {:k119, x * 122 + 96}
  def f(120, x) when is_integer(x), do: {:k120, x * 123 + 44}
  def f(121, x) when is_integer(x), do: {:k121, x * 124 + 91}
  def f(122, x) when is_integer(x), do: {:k122, x * 125 + 43}
  def f(123, x) when is_integer(x), do: {:k123, x * 126 + 94}
  def f(124, x) when is_integer(x), do: {:k124, x * 127 + 50}
  def f(125, x) when is_integer(x), do: {:k125, x * 128 + 8}
  def f(126, x) when is_integer(x), do: {:k126, x * 129 + 65}
  def f(127, x) when is_integer(x), do: {:k127, x * 130 + 27}
  def f(128, x) when is_integer(x), do: {:k128, x * 131 + 88}
  def f(129, x) when is_integer(x), do: {:k129, x * 132 + 54}
  def f(130, x) when is_integer(x), do: {:k130, x * 133 + 22}
  def f(131, x) when is_integer(x), do: {:k131, x * 134 + 89}
  def f(132, x) when is_integer(x), do: {:k132, x * 135 + 61}
  def f(133, x) when is_integer(x), do: {:k133, x * 136 + 35}
  def f(134, x) when is_integer(x), do: {:k134, x * 137 + 11}
  def f(135, x) when is_integer(x), do: {:k135, x * 138 + 86}
  def f(136, x) when is_integer(x), do: {:k136, x * 139 + 66}
  def f(137, x) when is_integer(x), do: {:k137, x * 140 + 48}
  def f(138, x) when is_integer(x), do: {:k138, x * 141 + 32}
  def f(139, x) when is_integer(x), do: {:k139, x * 142 + 18}
  def f(140, x) when is_integer(x), do: {:k140, x * 143 + 6}
  def f(141, x) when is_integer(x), do: {:k141, x * 144 + 93}
  def f(142, x) when is_integer(x), do: {:k142, x * 145 + 85}
  def f(143, x) when is_integer(x), do: {:k143, x * 146 + 79}
  def f(144, x) when is_integer(x), do: {:k144, x * 147 + 75}
  def f(145, x) when is_integer(x), do: {:k145, x * 148 + 73}
  def f(146, x) when is_integer(x), do: {:k146, x * 149 + 73}
  def f(147, x) when is_integer(x), do: {:k147, x * 150 + 75}
  def f(148, x) when is_integer(x), do: {:k148, x * 151 + 79}
  def f(149, x) when is_integer(x), do: {:k149, x * 152 + 85}
  def f(150, x) when is_integer(x), do: {:k150, x * 153 + 93}
  def f(151, x) when is_integer(x), do: {:k151, x * 154 + 6}
  def f(152, x) when is_integer(x), do: {:k152, x * 155 + 18}
  def f(153, x) when is_integer(x), do: {:k153, x * 156 + 32}
  def f(154, x) when is_integer(x), do: {:k154, x * 157 + 48}
  def f(155, x) when is_integer(x), do: {:k155, x * 158 + 66}
  def f(156, x) when is_integer(x), do: {:k156, x * 159 + 86}
  def f(157, x) when is_integer(x), do: {:k157, x * 160 + 11}
  def f(158, x) when is_integer(x), do: {:k158, x * 161 + 35}
  def f(159, x) when is_integer(x), do: {:k159, x * 162 + 61}
  def f(160, x) when is_integer(x), do: {:k160, x * 163 + 89}
  def f(161, x) when is_integer(x), do: {:k161, x * 164 + 22}
  def f(162, x) when is_integer(x), do: {:k162, x * 165 + 54}
  def f(163, x) when is_integer(x), do: {:k163, x * 166 + 88}
  def f(164, x) when is_integer(x), do: {:k164, x * 167 + 27}
  def f(165, x) when is_integer(x), do: {:k165, x * 168 + 65}
  def f(166, x) when is_integer(x), do: {:k166, x * 169 + 8}
  def f(167, x) when is_integer(x), do: {:k167, x * 170 + 50}
  def f(168, x) when is_integer(x), do: {:k168, x * 171 + 94}
  def f(169, x) when is_integer(x), do: {:k169, x * 172 + 43}
  def f(170, x) when is_integer(x), do: {:k170, x * 173 + 91}
  def f(171, x) when is_integer(x), do: {:k171, x * 174 + 44}
  def f(172, x) when is_integer(x), do: {:k172, x * 175 + 96}
  def f(173, x) when is_integer(x), do: {:k173, x * 176 + 53}
  def f(174, x) when is_integer(x), do: {:k174, x * 177 + 12}
  def f(175, x) when is_integer(x), do: {:k175, x * 178 + 70}
  def f(176, x) when is_integer(x), do: {:k176, x * 179 + 33}
  def f(177, x) when is_integer(x), do: {:k177, x * 180 + 95}
  def f(178, x) when is_integer(x), do: {:k178, x * 181 + 62}
  def f(179, x) when is_integer(x), do: {:k179, x * 182 + 31}
  def f(180, x) when is_integer(x), do: {:k180, x * 183 + 2}
  def f(181, x) when is_integer(x), do: {:k181, x * 184 + 72}
  def f(182, x) when is_integer(x), do: {:k182, x * 185 + 47}
  def f(183, x) when is_integer(x), do: {:k183, x * 186 + 24}
  def f(184, x) when is_integer(x), do: {:k184, x * 187 + 3}
  def f(185, x) when is_integer(x), do: {:k185, x * 188 + 81}
  def f(186, x) when is_integer(x), do: {:k186, x * 189 + 64}
  def f(187, x) when is_integer(x), do: {:k187, x * 190 + 49}
  def f(188, x) when is_integer(x), do: {:k188, x * 191 + 36}
  def f(189, x) when is_integer(x), do: {:k189, x * 192 + 25}
  def f(190, x) when is_integer(x), do: {:k190, x * 193 + 16}
  def f(191, x) when is_integer(x), do: {:k191, x * 194 + 9}
  def f(192, x) when is_integer(x), do: {:k192, x * 195 + 4}
  def f(193, x) when is_integer(x), do: {:k193, x * 196 + 1}
  def f(194, x) when is_integer(x), do: {:k194, x * 197 + 0}
  def f(195, x) when is_integer(x), do: {:k195, x * 198 + 1}
  def f(196, x) when is_integer(x), do: {:k196, x * 199 + 4}
  def f(197, x) when is_integer(x), do: {:k197, x * 200 + 9}
  def f(198, x) when is_integer(x), do: {:k198, x * 201 + 16}
  def f(199, x) when is_integer(x), do: {:k199, x * 202 + 25}
  def f(200, x) when is_integer(x), do: {:k200, x * 203 + 36}
  def f(201, x) when is_integer(x), do: {:k201, x * 204 + 49}
  def f(202, x) when is_integer(x), do: {:k202, x * 205 + 64}
  def f(203, x) when is_integer(x), do: {:k203, x * 206 + 81}
  def f(204, x) when is_integer(x), do: {:k204, x * 207 + 3}
  def f(205, x) when is_integer(x), do: {:k205, x * 208 + 24}
  def f(206, x) when is_integer(x), do: {:k206, x * 209 + 47}
  def f(207, x) when is_integer(x), do: {:k207, x * 210 + 72}
  def f(208, x) when is_integer(x), do: {:k208, x * 211 + 2}
  def f(209, x) when is_integer(x), do: {:k209, x * 212 + 31}
  def f(210, x) when is_integer(x), do: {:k210, x * 213 + 62}
  def f(211, x) when is_integer(x), do: {:k211, x * 214 + 95}
  def f(212, x) when is_integer(x), do: {:k212, x * 215 + 33}
  def f(213, x) when is_integer(x), do: {:k213, x * 216 + 70}
  def f(214, x) when is_integer(x), do: {:k214, x * 217 + 12}
  def f(215, x) when is_integer(x), do: {:k215, x * 218 + 53}
  def f(216, x) when is_integer(x), do: {:k216, x * 219 + 96}
  def f(217, x) when is_integer(x), do: {:k217, x * 220 + 44}
  def f(218, x) when is_integer(x), do: {:k218, x * 221 + 91}
  def f(219, x) when is_integer(x), do: {:k219, x * 222 + 43}
  def f(220, x) when is_integer(x), do: {:k220, x * 223 + 94}
  def f(221, x) when is_integer(x), do: {:k221, x * 224 + 50}
  def f(222, x) when is_integer(x), do: {:k222, x * 225 + 8}
  def f(223, x) when is_integer(x), do: {:k223, x * 226 + 65}
  def f(224, x) when is_integer(x), do: {:k224, x * 227 + 27}
  def f(225, x) when is_integer(x), do: {:k225, x * 228 + 88}
  def f(226, x) when is_integer(x), do: {:k226, x * 229 + 54}
  def f(227, x) when is_integer(x), do: {:k227, x * 230 + 22}
  def f(228, x) when is_integer(x), do: {:k228, x * 231 + 89}
  def f(229, x) when is_integer(x), do: {:k229, x * 232 + 61}
  def f(230, x) when is_integer(x), do: {:k230, x * 233 + 35}
  def f(231, x) when is_integer(x), do: {:k231, x * 234 + 11}
  def f(232, x) when is_integer(x), do: {:k232, x * 235 + 86}
  def f(233, x) when is_integer(x), do: {:k233, x * 236 + 66}
  def f(234, x) when is_integer(x), do: {:k234, x * 237 + 48}
  def f(235, x) when is_integer(x), do: {:k235, x * 238 + 32}
  def f(236, x) when is_integer(x), do: {:k236, x * 239 + 18}
  def f(237, x) when is_integer(x), do: {:k237, x * 240 + 6}
  def f(238, x) when is_integer(x), do: {:k238, x * 241 + 93}
  def f(239, x) when is_integer(x), do: {:k239, x * 242 + 85}
  def f(240, x) when is_integer(x), do: {:k240, x * 243 + 79}
  def f(241, x) when is_integer(x), do: {:k241, x * 244 + 75}
  def f(242, x) when is_integer(x), do: {:k242, x * 245 + 73}
  def f(243, x) when is_integer(x), do: {:k243, x * 246 + 73}
  def f(244, x) when is_integer(x), do: {:k244, x * 247 + 75}
  def f(245, x) when is_integer(x), do: {:k245, x * 248 + 79}
  def f(246, x) when is_integer(x), do: {:k246, x * 249 + 85}
  def f(247, x) when is_integer(x), do: {:k247, x * 250 + 93}
  def f(248, x) when is_integer(x), do: {:k248, x * 251 + 6}
  def f(249, x) when is_integer(x), do: {:k249, x * 252 + 18}
  def f(250, x) when is_integer(x), do: {:k250, x * 253 + 32}
  def f(251, x) when is_integer(x), do: {:k251, x * 254 + 48}
  def f(252, x) when is_integer(x), do: {:k252, x * 255 + 66}
  def f(253, x) when is_integer(x), do: {:k253, x * 256 + 86}
  def f(254, x) when is_integer(x), do: {:k254, x * 257 + 11}
  def f(255, x) when is_integer(x), do: {:k255, x * 258 + 35}
  def f(256, x) when is_integer(x), do: {:k256, x * 259 + 61}
  def f(257, x) when is_integer(x), do: {:k257, x * 260 + 89}
  def f(258, x) when is_integer(x), do: {:k258, x * 261 + 22}
  def f(259, x) when is_integer(x), do: {:k259, x * 262 + 54}
  def f(260, x) when is_integer(x), do: {:k260, x * 263 + 88}
  def f(261, x) when is_integer(x), do: {:k261, x * 264 + 27}
  def f(262, x) when is_integer(x), do: {:k262, x * 265 + 65}
  def f(263, x) when is_integer(x), do: {:k263, x * 266 + 8}
  def f(264, x) when is_integer(x), do: {:k264, x * 267 + 50}
  def f(265, x) when is_integer(x), do: {:k265, x * 268 + 94}
  def f(266, x) when is_integer(x), do: {:k266, x * 269 + 43}
  def f(267, x) when is_integer(x), do: {:k267, x * 270 + 91}
  def f(268, x) when is_integer(x), do: {:k268, x * 271 + 44}
  def f(269, x) when is_integer(x), do: {:k269, x * 272 + 96}
  def f(270, x) when is_integer(x), do: {:k270, x * 273 + 53}
  def f(271, x) when is_integer(x), do: {:k271, x * 274 + 12}
  def f(272, x) when is_integer(x), do: {:k272, x * 275 + 70}
  def f(273, x) when is_integer(x), do: {:k273, x * 276 + 33}
  def f(274, x) when is_integer(x), do: {:k274, x * 277 + 95}
  def f(275, x) when is_integer(x), do: {:k275, x * 278 + 62}
  def f(276, x) when is_integer(x), do: {:k276, x * 279 + 31}
  def f(277, x) when is_integer(x), do: {:k277, x * 280 + 2}
  def f(278, x) when is_integer(x), do: {:k278, x * 281 + 72}
  def f(279, x) when is_integer(x), do: {:k279, x * 282 + 47}
  def f(280, x) when is_integer(x), do: {:k280, x * 283 + 24}
  def f(281, x) when is_integer(x), do: {:k281, x * 284 + 3}
  def f(282, x) when is_integer(x), do: {:k282, x * 285 + 81}
  def f(283, x) when is_integer(x), do: {:k283, x * 286 + 64}
  def f(284, x) when is_integer(x), do: {:k284, x * 287 + 49}
  def f(285, x) when is_integer(x), do: {:k285, x * 288 + 36}
  def f(286, x) when is_integer(x), do: {:k286, x * 289 + 25}
  def f(287, x) when is_integer(x), do: {:k287, x * 290 + 16}
  def f(288, x) when is_integer(x), do: {:k288, x * 291 + 9}
  def f(289, x) when is_integer(x), do: {:k289, x * 292 + 4}
  def f(290, x) when is_integer(x), do: {:k290, x * 293 + 1}
  def f(291, x) when is_integer(x), do: {:k291, x * 294 + 0}
  def f(292, x) when is_integer(x), do: {:k292, x * 295 + 1}
  def f(293, x) when is_integer(x), do: {:k293, x * 296 + 4}
  def f(294, x) when is_integer(x), do: {:k294, x * 297 + 9}
  def f(295, x) when is_integer(x), do: {:k295, x * 298 + 16}
  def f(296, x) when is_integer(x), do: {:k296, x * 299 + 25}
  def f(297, x) when is_integer(x), do: {:k297, x * 300 + 36}
  def f(298, x) when is_integer(x), do: {:k298, x * 301 + 49}
  def f(299, x) when is_integer(x), do: {:k299, x * 302 + 64}
  def f(300, x) when is_integer(x), do: {:k300, x * 303 + 81}
  def f(301, x) when is_integer(x), do: {:k301, x * 304 + 3}
  def f(302, x) when is_integer(x), do: {:k302, x * 305 + 24}
  def f(303, x) when is_integer(x), do: {:k303, x * 306 + 47}
  def f(304, x) when is_integer(x), do: {:k304, x * 307 + 72}
  def f(305, x) when is_integer(x), do: {:k305, x * 308 + 2}
  def f(306, x) when is_integer(x), do: {:k306, x * 309 + 31}
  def f(307, x) when is_integer(x), do: {:k307, x * 310 + 62}
  def f(308, x) when is_integer(x), do: {:k308, x * 311 + 95}
  def f(309, x) when is_integer(x), do: {:k309, x * 312 + 33}
  def f(310, x) when is_integer(x), do: {:k310, x * 313 + 70}
  def f(311, x) when is_integer(x), do: {:k311, x * 314 + 12}
  def f(312, x) when is_integer(x), do: {:k312, x * 315 + 53}
  def f(313, x) when is_integer(x), do: {:k313, x * 316 + 96}
  def f(314, x) when is_integer(x), do: {:k314, x * 317 + 44}
  def f(315, x) when is_integer(x), do: {:k315, x * 318 + 91}
  def f(316, x) when is_integer(x), do: {:k316, x * 319 + 43}
  def f(317, x) when is_integer(x), do: {:k317, x * 320 + 94}
  def f(318, x) when is_integer(x), do: {:k318, x * 321 + 50}
  def f(319, x) when is_integer(x), do: {:k319, x * 322 + 8}
  def f(320, x) when is_integer(x), do: {:k320, x * 323 + 65}
  def f(321, x) when is_integer(x), do: {:k321, x * 324 + 27}
  def f(322, x) when is_integer(x), do: {:k322, x * 325 + 88}
  def f(323, x) when is_integer(x), do: {:k323, x * 326 + 54}
  def f(324, x) when is_integer(x), do: {:k324, x * 327 + 22}
  def f(325, x) when is_integer(x), do: {:k325, x * 328 + 89}
  def f(326, x) when is_integer(x), do: {:k326, x * 329 + 61}
  def f(327, x) when is_integer(x), do: {:k327, x * 330 + 35}
  def f(328, x) when is_integer(x), do: {:k328, x * 331 + 11}
  def f(329, x) when is_integer(x), do: {:k329, x * 332 + 86}
  def f(330, x) when is_integer(x), do: {:k330, x * 333 + 66}
  def f(331, x) when is_integer(x), do: {:k331, x * 334 + 48}
  def f(332, x) when is_integer(x), do: {:k332, x * 335 + 32}
  def f(333, x) when is_integer(x), do: {:k333, x * 336 + 18}
  def f(334, x) when is_integer(x), do: {:k334, x * 337 + 6}
  def f(335, x) when is_integer(x), do: {:k335, x * 338 + 93}
  def f(336, x) when is_integer(x), do: {:k336, x * 339 + 85}
  def f(337, x) when is_integer(x), do: {:k337, x * 340 + 79}
  def f(338, x) when is_integer(x), do: {:k338, x * 341 + 75}
  def f(339, x) when is_integer(x), do: {:k339, x * 342 + 73}
  def f(340, x) when is_integer(x), do: {:k340, x * 343 + 73}
  def f(341, x) when is_integer(x), do: {:k341, x * 344 + 75}
  def f(342, x) when is_integer(x), do: {:k342, x * 345 + 79}
  def f(343, x) when is_integer(x), do: {:k343, x * 346 + 85}
  def f(344, x) when is_integer(x), do: {:k344, x * 347 + 93}
  def f(345, x) when is_integer(x), do: {:k345, x * 348 + 6}
  def f(346, x) when is_integer(x), do: {:k346, x * 349 + 18}
  def f(347, x) when is_integer(x), do: {:k347, x * 350 + 32}
  def f(348, x) when is_integer(x), do: {:k348, x * 351 + 48}
  def f(349, x) when is_integer(x), do: {:k349, x * 352 + 66}
  def f(350, x) when is_integer(x), do: {:k350, x * 353 + 86}
  def f(351, x) when is_integer(x), do: {:k351, x * 354 + 11}
  def f(352, x) when is_integer(x), do: {:k352, x * 355 + 35}
  def f(353, x) when is_integer(x), do: {:k353, x * 356 + 61}
  def f(354, x) when is_integer(x), do: {:k354, x * 357 + 89}
  def f(355, x) when is_integer(x), do: {:k355, x * 358 + 22}
  def f(356, x) when is_integer(x), do: {:k356, x * 359 + 54}
  def f(357, x) when is_integer(x), do: {:k357, x * 360 + 88}
  def f(358, x) when is_integer(x), do: {:k358, x * 361 + 27}
  def f(359, x) when is_integer(x), do: {:k359, x * 362 + 65}
  def f(360, x) when is_integer(x), do: {:k360, x * 363 + 8}
  def f(361, x) when is_integer(x), do: {:k361, x * 364 + 50}
  def f(362, x) when is_integer(x), do: {:k362, x * 365 + 94}
  def f(363, x) when is_integer(x), do: {:k363, x * 366 + 43}
  def f(364, x) when is_integer(x), do: {:k364, x * 367 + 91}
  def f(365, x) when is_integer(x), do: {:k365, x * 368 + 44}
  def f(366, x) when is_integer(x), do: {:k366, x * 369 + 96}
  def f(367, x) when is_integer(x), do: {:k367, x * 370 + 53}
  def f(368, x) when is_integer(x), do: {:k368, x * 371 + 12}
  def f(369, x) when is_integer(x), do: {:k369, x * 372 + 70}
  def f(370, x) when is_integer(x), do: {:k370, x * 373 + 33}
  def f(371, x) when is_integer(x), do: {:k371, x * 374 + 95}
  def f(372, x) when is_integer(x), do: {:k372, x * 375 + 62}
  def f(373, x) when is_integer(x), do: {:k373, x * 376 + 31}
  def f(374, x) when is_integer(x), do: {:k374, x * 377 + 2}
  def f(375, x) when is_integer(x), do: {:k375, x * 378 + 72}
  def f(376, x) when is_integer(x), do: {:k376, x * 379 + 47}
  def f(377, x) when is_integer(x), do: {:k377, x * 380 + 24}
  def f(378, x) when is_integer(x), do: {:k378, x * 381 + 3}
  def f(379, x) when is_integer(x), do: {:k379, x * 382 + 81}
  def f(380, x) when is_integer(x), do: {:k380, x * 383 + 64}
  def f(381, x) when is_integer(x), do: {:k381, x * 384 + 49}
  def f(382, x) when is_integer(x), do: {:k382, x * 385 + 36}
  def f(383, x) when is_integer(x), do: {:k383, x * 386 + 25}
  def f(384, x) when is_integer(x), do: {:k384, x * 387 + 16}
  def f(385, x) when is_integer(x), do: {:k385, x * 388 + 9}
  def f(386, x) when is_integer(x), do: {:k386, x * 389 + 4}
  def f(387, x) when is_integer(x), do: {:k387, x * 390 + 1}
  def f(388, x) when is_integer(x), do: {:k388, x * 391 + 0}
  def f(389, x) when is_integer(x), do: {:k389, x * 392 + 1}
  def f(390, x) when is_integer(x), do: {:k390, x * 393 + 4}
  def f(391, x) when is_integer(x), do: {:k391, x * 394 + 9}
  def f(392, x) when is_integer(x), do: {:k392, x * 395 + 16}
  def f(393, x) when is_integer(x), do: {:k393, x * 396 + 25}
  def f(394, x) when is_integer(x), do: {:k394, x * 397 + 36}
  def f(395, x) when is_integer(x), do: {:k395, x * 398 + 49}
  def f(396, x) when is_integer(x), do: {:k396, x * 399 + 64}
  def f(397, x) when is_integer(x), do: {:k397, x * 400 + 81}
  def f(398, x) when is_integer(x), do: {:k398, x * 401 + 3}
  def f(399, x) when is_integer(x), do: {:k399, x * 402 + 24}
  def f(400, x) when is_integer(x), do: {:k400, x * 403 + 47}
  def f(401, x) when is_integer(x), do: {:k401, x * 404 + 72}
  def f(402, x) when is_integer(x), do: {:k402, x * 405 + 2}
  def f(403, x) when is_integer(x), do: {:k403, x * 406 + 31}
  def f(404, x) when is_integer(x), do: {:k404, x * 407 + 62}
  def f(405, x) when is_integer(x), do: {:k405, x * 408 + 95}
  def f(406, x) when is_integer(x), do: {:k406, x * 409 + 33}
  def f(407, x) when is_integer(x), do: {:k407, x * 410 + 70}
  def f(408, x) when is_integer(x), do: {:k408, x * 411 + 12}
  def f(409, x) when is_integer(x), do: {:k409, x * 412 + 53}
  def f(410, x) when is_integer(x), do: {:k410, x * 413 + 96}
  def f(411, x) when is_integer(x), do: {:k411, x * 414 + 44}
  def f(412, x) when is_integer(x), do: {:k412, x * 415 + 91}
  def f(413, x) when is_integer(x), do: {:k413, x * 416 + 43}
  def f(414, x) when is_integer(x), do: {:k414, x * 417 + 94}
  def f(415, x) when is_integer(x), do: {:k415, x * 418 + 50}
  def f(416, x) when is_integer(x), do: {:k416, x * 419 + 8}
  def f(417, x) when is_integer(x), do: {:k417, x * 420 + 65}
  def f(418, x) when is_integer(x), do: {:k418, x * 421 + 27}
  def f(419, x) when is_integer(x), do: {:k419, x * 422 + 88}
  def f(420, x) when is_integer(x), do: {:k420, x * 423 + 54}
  def f(421, x) when is_integer(x), do: {:k421, x * 424 + 22}
  def f(422, x) when is_integer(x), do: {:k422, x * 425 + 89}
  def f(423, x) when is_integer(x), do: {:k423, x * 426 + 61}
  def f(424, x) when is_integer(x), do: {:k424, x * 427 + 35}
  def f(425, x) when is_integer(x), do: {:k425, x * 428 + 11}
  def f(426, x) when is_integer(x), do: {:k426, x * 429 + 86}
  def f(427, x) when is_integer(x), do: {:k427, x * 430 + 66}
  def f(428, x) when is_integer(x), do: {:k428, x * 431 + 48}
  def f(429, x) when is_integer(x), do: {:k429, x * 432 + 32}
  def f(430, x) when is_integer(x), do: {:k430, x * 433 + 18}
  def f(431, x) when is_integer(x), do: {:k431, x * 434 + 6}
  def f(432, x) when is_integer(x), do: {:k432, x * 435 + 93}
  def f(433, x) when is_integer(x), do: {:k433, x * 436 + 85}
  def f(434, x) when is_integer(x), do: {:k434, x * 437 + 79}
  def f(435, x) when is_integer(x), do: {:k435, x * 438 + 75}
  def f(436, x) when is_integer(x), do: {:k436, x * 439 + 73}
  def f(437, x) when is_integer(x), do: {:k437, x * 440 + 73}
  def f(438, x) when is_integer(x), do: {:k438, x * 441 + 75}
  def f(439, x) when is_integer(x), do: {:k439, x * 442 + 79}
  def f(440, x) when is_integer(x), do: {:k440, x * 443 + 85}
  def f(441, x) when is_integer(x), do: {:k441, x * 444 + 93}
  def f(442, x) when is_integer(x), do: {:k442, x * 445 + 6}
  def f(443, x) when is_integer(x), do: {:k443, x * 446 + 18}
  def f(444, x) when is_integer(x), do: {:k444, x * 447 + 32}
  def f(445, x) when is_integer(x), do: {:k445, x * 448 + 48}
  def f(446, x) when is_integer(x), do: {:k446, x * 449 + 66}
  def f(447, x) when is_integer(x), do: {:k447, x * 450 + 86}
  def f(448, x) when is_integer(x), do: {:k448, x * 451 + 11}
  def f(449, x) when is_integer(x), do: {:k449, x * 452 + 35}
  def f(450, x) when is_integer(x), do: {:k450, x * 453 + 61}
  def f(451, x) when is_integer(x), do: {:k451, x * 454 + 89}
  def f(452, x) when is_integer(x), do: {:k452, x * 455 + 22}
  def f(453, x) when is_integer(x), do: {:k453, x * 456 + 54}
  def f(454, x) when is_integer(x), do: {:k454, x * 457 + 88}
  def f(455, x) when is_integer(x), do: {:k455, x * 458 + 27}
  def f(456, x) when is_integer(x), do: {:k456, x * 459 + 65}
  def f(457, x) when is_integer(x), do: {:k457, x * 460 + 8}
  def f(458, x) when is_integer(x), do: {:k458, x * 461 + 50}
  def f(459, x) when is_integer(x), do: {:k459, x * 462 + 94}
  def f(460, x) when is_integer(x), do: {:k460, x * 463 + 43}
  def f(461, x) when is_integer(x), do: {:k461, x * 464 + 91}
  def f(462, x) when is_integer(x), do: {:k462, x * 465 + 44}
  def f(463, x) when is_integer(x), do: {:k463, x * 466 + 96}
  def f(464, x) when is_integer(x), do: {:k464, x * 467 + 53}
  def f(465, x) when is_integer(x), do: {:k465, x * 468 + 12}
  def f(466, x) when is_integer(x), do: {:k466, x * 469 + 70}
  def f(467, x) when is_integer(x), do: {:k467, x * 470 + 33}
  def f(468, x) when is_integer(x), do: {:k468, x * 471 + 95}
  def f(469, x) when is_integer(x), do: {:k469, x * 472 + 62}
  def f(470, x) when is_integer(x), do: {:k470, x * 473 + 31}
  def f(471, x) when is_integer(x), do: {:k471, x * 474 + 2}
  def f(472, x) when is_integer(x), do: {:k472, x * 475 + 72}
  def f(473, x) when is_integer(x), do: {:k473, x * 476 + 47}
  def f(474, x) when is_integer(x), do: {:k474, x * 477 + 24}
  def f(475, x) when is_integer(x), do: {:k475, x * 478 + 3}
  def f(476, x) when is_integer(x), do: {:k476, x * 479 + 81}
  def f(477, x) when is_integer(x), do: {:k477, x * 480 + 64}
  def f(478, x) when is_integer(x), do: {:k478, x * 481 + 49}
  def f(479, x) when is_integer(x), do: {:k479, x * 482 + 36}
  def f(480, x) when is_integer(x), do: {:k480, x * 483 + 25}
  def f(481, x) when is_integer(x), do: {:k481, x * 484 + 16}
  def f(482, x) when is_integer(x), do: {:k482, x * 485 + 9}
  def f(483, x) when is_integer(x), do: {:k483, x * 486 + 4}
  def f(484, x) when is_integer(x), do: {:k484, x * 487 + 1}
  def f(485, x) when is_integer(x), do: {:k485, x * 488 + 0}
  def f(486, x) when is_integer(x), do: {:k486, x * 489 + 1}
  def f(487, x) when is_integer(x), do: {:k487, x * 490 + 4}
  def f(488, x) when is_integer(x), do: {:k488, x * 491 + 9}
  def f(489, x) when is_integer(x), do: {:k489, x * 492 + 16}
  def f(490, x) when is_integer(x), do: {:k490, x * 493 + 25}
  def f(491, x) when is_integer(x), do: {:k491, x * 494 + 36}
  def f(492, x) when is_integer(x), do: {:k492, x * 495 + 49}
  def f(493, x) when is_integer(x), do: {:k493, x * 496 + 64}
  def f(494, x) when is_integer(x), do: {:k494, x * 497 + 81}
  def f(495, x) when is_integer(x), do: {:k495, x * 498 + 3}
  def f(496, x) when is_integer(x), do: {:k496, x * 499 + 24}
  def f(497, x) when is_integer(x), do: {:k497, x * 500 + 47}
  def f(498, x) when is_integer(x), do: {:k498, x * 501 + 72}
  def f(499, x) when is_integer(x), do: {:k499, x * 502 + 2}
  def f(500, x) when is_integer(x), do: {:k500, x * 503 + 31}
  def f(501, x) when is_integer(x), do: {:k501, x * 504 + 62}
  def f(502, x) when is_integer(x), do: {:k502, x * 505 + 95}
  def f(503, x) when is_integer(x), do: {:k503, x * 506 + 33}
  def f(504, x) when is_integer(x), do: {:k504, x * 507 + 70}
  def f(505, x) when is_integer(x), do: {:k505, x * 508 + 12}
  def f(506, x) when is_integer(x), do: {:k506, x * 509 + 53}
  def f(507, x) when is_integer(x), do: {:k507, x * 510 + 96}
  def f(508, x) when is_integer(x), do: {:k508, x * 511 + 44}
  def f(509, x) when is_integer(x), do: {:k509, x * 512 + 91}
  def f(510, x) when is_integer(x), do: {:k510, x * 513 + 43}
  def f(511, x) when is_integer(x), do: {:k511, x * 514 + 94}
  def f(512, x) when is_integer(x), do: {:k512, x * 515 + 50}
  def f(513, x) when is_integer(x), do: {:k513, x * 516 + 8}
  def f(514, x) when is_integer(x), do: {:k514, x * 517 + 65}
  def f(515, x) when is_integer(x), do: {:k515, x * 518 + 27}
  def f(516, x) when is_integer(x), do: {:k516, x * 519 + 88}
  def f(517, x) when is_integer(x), do: {:k517, x * 520 + 54}
  def f(518, x) when is_integer(x), do: {:k518, x * 521 + 22}
  def f(519, x) when is_integer(x), do: {:k519, x * 522 + 89}
  def f(520, x) when is_integer(x), do: {:k520, x * 523 + 61}
  def f(521, x) when is_integer(x), do: {:k521, x * 524 + 35}
  def f(522, x) when is_integer(x), do: {:k522, x * 525 + 11}
  def f(523, x) when is_integer(x), do: {:k523, x * 526 + 86}
  def f(524, x) when is_integer(x), do: {:k524, x * 527 + 66}
  def f(525, x) when is_integer(x), do: {:k525, x * 528 + 48}
  def f(526, x) when is_integer(x), do: {:k526, x * 529 + 32}
  def f(527, x) when is_integer(x), do: {:k527, x * 530 + 18}
  def f(528, x) when is_integer(x), do: {:k528, x * 531 + 6}
  def f(529, x) when is_integer(x), do: {:k529, x * 532 + 93}
  def f(530, x) when is_integer(x), do: {:k530, x * 533 + 85}
  def f(531, x) when is_integer(x), do: {:k531, x * 534 + 79}
  def f(532, x) when is_integer(x), do: {:k532, x * 535 + 75}
  def f(533, x) when is_integer(x), do: {:k533, x * 536 + 73}
  def f(534, x) when is_integer(x), do: {:k534, x * 537 + 73}
  def f(535, x) when is_integer(x), do: {:k535, x * 538 + 75}
  def f(536, x) when is_integer(x), do: {:k536, x * 539 + 79}
  def f(537, x) when is_integer(x), do: {:k537, x * 540 + 85}
  def f(538, x) when is_integer(x), do: {:k538, x * 541 + 93}
  def f(539, x) when is_integer(x), do: {:k539, x * 542 + 6}
  def f(540, x) when is_integer(x), do: {:k540, x * 543 + 18}
  def f(541, x) when is_integer(x), do: {:k541, x * 544 + 32}
  def f(542, x) when is_integer(x), do: {:k542, x * 545 + 48}
  def f(543, x) when is_integer(x), do: {:k543, x * 546 + 66}
  def f(544, x) when is_integer(x), do: {:k544, x * 547 + 86}
  def f(545, x) when is_integer(x), do: {:k545, x * 548 + 11}
  def f(546, x) when is_integer(x), do: {:k546, x * 549 + 35}
  def f(547, x) when is_integer(x), do: {:k547, x * 550 + 61}
  def f(548, x) when is_integer(x), do: {:k548, x * 551 + 89}
  def f(549, x) when is_integer(x), do: {:k549, x * 552 + 22}
  def f(550, x) when is_integer(x), do: {:k550, x * 553 + 54}
  def f(551, x) when is_integer(x), do: {:k551, x * 554 + 88}
  def f(552, x) when is_integer(x), do: {:k552, x * 555 + 27}
  def f(553, x) when is_integer(x), do: {:k553, x * 556 + 65}
  def f(554, x) when is_integer(x), do: {:k554, x * 557 + 8}
  def f(555, x) when is_integer(x), do: {:k555, x * 558 + 50}
  def f(556, x) when is_integer(x), do: {:k556, x * 559 + 94}
  def f(557, x) when is_integer(x), do: {:k557, x * 560 + 43}
  def f(558, x) when is_integer(x), do: {:k558, x * 561 + 91}
  def f(559, x) when is_integer(x), do: {:k559, x * 562 + 44}
  def f(560, x) when is_integer(x), do: {:k560, x * 563 + 96}
  def f(561, x) when is_integer(x), do: {:k561, x * 564 + 53}
  def f(562, x) when is_integer(x), do: {:k562, x * 565 + 12}
  def f(563, x) when is_integer(x), do: {:k563, x * 566 + 70}
  def f(564, x) when is_integer(x), do: {:k564, x * 567 + 33}
  def f(565, x) when is_integer(x), do: {:k565, x * 568 + 95}
  def f(566, x) when is_integer(x), do: {:k566, x * 569 + 62}
  def f(567, x) when is_integer(x), do: {:k567, x * 570 + 31}
  def f(568, x) when is_integer(x), do: {:k568, x * 571 + 2}
  def f(569, x) when is_integer(x), do: {:k569, x * 572 + 72}
  def f(570, x) when is_integer(x), do: {:k570, x * 573 + 47}
  def f(571, x) when is_integer(x), do: {:k571, x * 574 + 24}
  def f(572, x) when is_integer(x), do: {:k572, x * 575 + 3}
  def f(573, x) when is_integer(x), do: {:k573, x * 576 + 81}
  def f(574, x) when is_integer(x), do: {:k574, x * 577 + 64}
  def f(575, x) when is_integer(x), do: {:k575, x * 578 + 49}
  def f(576, x) when is_integer(x), do: {:k576, x * 579 + 36}
  def f(577, x) when is_integer(x), do: {:k577, x * 580 + 25}
  def f(578, x) when is_integer(x), do: {:k578, x * 581 + 16}
  def f(579, x) when is_integer(x), do: {:k579, x * 582 + 9}
  def f(580, x) when is_integer(x), do: {:k580, x * 583 + 4}
  def f(581, x) when is_integer(x), do: {:k581, x * 584 + 1}
  def f(582, x) when is_integer(x), do: {:k582, x * 585 + 0}
  def f(583, x) when is_integer(x), do: {:k583, x * 586 + 1}
  def f(584, x) when is_integer(x), do: {:k584, x * 587 + 4}
  def f(585, x) when is_integer(x), do: {:k585, x * 588 + 9}
  def f(586, x) when is_integer(x), do: {:k586, x * 589 + 16}
  def f(587, x) when is_integer(x), do: {:k587, x * 590 + 25}
  def f(588, x) when is_integer(x), do: {:k588, x * 591 + 36}
  def f(589, x) when is_integer(x), do: {:k589, x * 592 + 49}
  def f(590, x) when is_integer(x), do: {:k590, x * 593 + 64}
  def f(591, x) when is_integer(x), do: {:k591, x * 594 + 81}
  def f(592, x) when is_integer(x), do: {:k592, x * 595 + 3}
  def f(593, x) when is_integer(x), do: {:k593, x * 596 + 24}
  def f(594, x) when is_integer(x), do: {:k594, x * 597 + 47}
  def f(595, x) when is_integer(x), do: {:k595, x * 598 + 72}
  def f(596, x) when is_integer(x), do: {:k596, x * 599 + 2}
  def f(597, x) when is_integer(x), do: {:k597, x * 600 + 31}
  def f(598, x) when is_integer(x), do: {:k598, x * 601 + 62}
  def f(599, x) when is_integer(x), do: {:k599, x * 602 + 95}
  def f(600, x) when is_integer(x), do: {:k600, x * 603 + 33}
  def f(601, x) when is_integer(x), do: {:k601, x * 604 + 70}
  def f(602, x) when is_integer(x), do: {:k602, x * 605 + 12}
  def f(603, x) when is_integer(x), do: {:k603, x * 606 + 53}
  def f(604, x) when is_integer(x), do: {:k604, x * 607 + 96}
  def f(605, x) when is_integer(x), do: {:k605, x * 608 + 44}
  def f(606, x) when is_integer(x), do: {:k606, x * 609 + 91}
  def f(607, x) when is_integer(x), do: {:k607, x * 610 + 43}
  def f(608, x) when is_integer(x), do: {:k608, x * 611 + 94}
  def f(609, x) when is_integer(x), do: {:k609, x * 612 + 50}
  def f(610, x) when is_integer(x), do: {:k610, x * 613 + 8}
  def f(611, x) when is_integer(x), do: {:k611, x * 614 + 65}
  def f(612, x) when is_integer(x), do: {:k612, x * 615 + 27}
  def f(613, x) when is_integer(x), do: {:k613, x * 616 + 88}
  def f(614, x) when is_integer(x), do: {:k614, x * 617 + 54}
  def f(615, x) when is_integer(x), do: {:k615, x * 618 + 22}
  def f(616, x) when is_integer(x), do: {:k616, x * 619 + 89}
  def f(617, x) when is_integer(x), do: {:k617, x * 620 + 61}
  def f(618, x) when is_integer(x), do: {:k618, x * 621 + 35}
  def f(619, x) when is_integer(x), do: {:k619, x * 622 + 11}
  def f(620, x) when is_integer(x), do: {:k620, x * 623 + 86}
  def f(621, x) when is_integer(x), do: {:k621, x * 624 + 66}
  def f(622, x) when is_integer(x), do: {:k622, x * 625 + 48}
  def f(623, x) when is_integer(x), do: {:k623, x * 626 + 32}
  def f(624, x) when is_integer(x), do: {:k624, x * 627 + 18}
  def f(625, x) when is_integer(x), do: {:k625, x * 628 + 6}
  def f(626, x) when is_integer(x), do: {:k626, x * 629 + 93}
  def f(627, x) when is_integer(x), do: {:k627, x * 630 + 85}
  def f(628, x) when is_integer(x), do: {:k628, x * 631 + 79}
  def f(629, x) when is_integer(x), do: {:k629, x * 632 + 75}
  def f(630, x) when is_integer(x), do: {:k630, x * 633 + 73}
  def f(631, x) when is_integer(x), do: {:k631, x * 634 + 73}
  def f(632, x) when is_integer(x), do: {:k632, x * 635 + 75}
  def f(633, x) when is_integer(x), do: {:k633, x * 636 + 79}
  def f(634, x) when is_integer(x), do: {:k634, x * 637 + 85}
  def f(635, x) when is_integer(x), do: {:k635, x * 638 + 93}
  def f(636, x) when is_integer(x), do: {:k636, x * 639 + 6}
  def f(637, x) when is_integer(x), do: {:k637, x * 640 + 18}
  def f(638, x) when is_integer(x), do: {:k638, x * 641 + 32}
  def f(639, x) when is_integer(x), do: {:k639, x * 642 + 48}
  def f(640, x) when is_integer(x), do: {:k640, x * 643 + 66}
  def f(641, x) when is_integer(x), do: {:k641, x * 644 + 86}
  def f(642, x) when is_integer(x), do: {:k642, x * 645 + 11}
  def f(643, x) when is_integer(x), do: {:k643, x * 646 + 35}
  def f(644, x) when is_integer(x), do: {:k644, x * 647 + 61}
  def f(645, x) when is_integer(x), do: {:k645, x * 648 + 89}
  def f(646, x) when is_integer(x), do: {:k646, x * 649 + 22}
  def f(647, x) when is_integer(x), do: {:k647, x * 650 + 54}
  def f(648, x) when is_integer(x), do: {:k648, x * 651 + 88}
  def f(649, x) when is_integer(x), do: {:k649, x * 652 + 27}
  def f(650, x) when is_integer(x), do: {:k650, x * 653 + 65}
  def f(651, x) when is_integer(x), do: {:k651, x * 654 + 8}
  def f(652, x) when is_integer(x), do: {:k652, x * 655 + 50}
  def f(653, x) when is_integer(x), do: {:k653, x * 656 + 94}
  def f(654, x) when is_integer(x), do: {:k654, x * 657 + 43}
  def f(655, x) when is_integer(x), do: {:k655, x * 658 + 91}
  def f(656, x) when is_integer(x), do: {:k656, x * 659 + 44}
  def f(657, x) when is_integer(x), do: {:k657, x * 660 + 96}
  def f(658, x) when is_integer(x), do: {:k658, x * 661 + 53}
  def f(659, x) when is_integer(x), do: {:k659, x * 662 + 12}
  def f(660, x) when is_integer(x), do: {:k660, x * 663 + 70}
  def f(661, x) when is_integer(x), do: {:k661, x * 664 + 33}
  def f(662, x) when is_integer(x), do: {:k662, x * 665 + 95}
  def f(663, x) when is_integer(x), do: {:k663, x * 666 + 62}
  def f(664, x) when is_integer(x), do: {:k664, x * 667 + 31}
  def f(665, x) when is_integer(x), do: {:k665, x * 668 + 2}
  def f(666, x) when is_integer(x), do: {:k666, x * 669 + 72}
  def f(667, x) when is_integer(x), do: {:k667, x * 670 + 47}
  def f(668, x) when is_integer(x), do: {:k668, x * 671 + 24}
  def f(669, x) when is_integer(x), do: {:k669, x * 672 + 3}
  def f(670, x) when is_integer(x), do: {:k670, x * 673 + 81}
  def f(671, x) when is_integer(x), do: {:k671, x * 674 + 64}
  def f(672, x) when is_integer(x), do: {:k672, x * 675 + 49}
  def f(673, x) when is_integer(x), do: {:k673, x * 676 + 36}
  def f(674, x) when is_integer(x), do: {:k674, x * 677 + 25}
  def f(675, x) when is_integer(x), do: {:k675, x * 678 + 16}
  def f(676, x) when is_integer(x), do: {:k676, x * 679 + 9}
  def f(677, x) when is_integer(x), do: {:k677, x * 680 + 4}
  def f(678, x) when is_integer(x), do: {:k678, x * 681 + 1}
  def f(679, x) when is_integer(x), do: {:k679, x * 682 + 0}
  def f(680, x) when is_integer(x), do: {:k680, x * 683 + 1}
  def f(681, x) when is_integer(x), do: {:k681, x * 684 + 4}
  def f(682, x) when is_integer(x), do: {:k682, x * 685 + 9}
  def f(683, x) when is_integer(x), do: {:k683, x * 686 + 16}
  def f(684, x) when is_integer(x), do: {:k684, x * 687 + 25}
  def f(685, x) when is_integer(x), do: {:k685, x * 688 + 36}
  def f(686, x) when is_integer(x), do: {:k686, x * 689 + 49}
  def f(687, x) when is_integer(x), do: {:k687, x * 690 + 64}
  def f(688, x) when is_integer(x), do: {:k688, x * 691 + 81}
  def f(689, x) when is_integer(x), do: {:k689, x * 692 + 3}
  def f(690, x) when is_integer(x), do: {:k690, x * 693 + 24}
  def f(691, x) when is_integer(x), do: {:k691, x * 694 + 47}
  def f(692, x) when is_integer(x), do: {:k692, x * 695 + 72}
  def f(693, x) when is_integer(x), do: {:k693, x * 696 + 2}
  def f(694, x) when is_integer(x), do: {:k694, x * 697 + 31}
  def f(695, x) when is_integer(x), do: {:k695, x * 698 + 62}
  def f(696, x) when is_integer(x), do: {:k696, x * 699 + 95}
  def f(697, x) when is_integer(x), do: {:k697, x * 700 + 33}
  def f(698, x) when is_integer(x), do: {:k698, x * 701 + 70}
  def f(699, x) when is_integer(x), do: {:k699, x * 702 + 12}
  def f(n, x), do: f(rem(n, 700), x)
  def word("word0"), do: 0
  def word("word1"), do: 1
  def word("word2"), do: 2
  def word("word3"), do: 3
  def word("word4"), do: 4
  def word("word5"), do: 5
  def word("word6"), do: 6
  def word("word7"), do: 7
  def word("word8"), do: 8
  def word("word9"), do: 9
  def word("word10"), do: 10
  def word("word11"), do: 11
  def word("word12"), do: 12
  def word("word13"), do: 13
  def word("word14"), do: 14
  def word("word15"), do: 15
  def word("word16"), do: 16
  def word("word17"), do: 17
  def word("word18"), do: 18
  def word("word19"), do: 19
  def word("word20"), do: 20
  def word("word21"), do: 21
  def word("word22"), do: 22
  def word("word23"), do: 23
  def word("word24"), do: 24
  def word("word25"), do: 25
  def word("word26"), do: 26
  def word("word27"), do: 27
  def word("word28"), do: 28
  def word("word29"), do: 29
  def word("word30"), do: 30
  def word("word31"), do: 31
  def word("word32"), do: 32
  def word("word33"), do: 33
  def word("word34"), do: 34
  def word("word35"), do: 35
  def word("word36"), do: 36
  def word("word37"), do: 37
  def word("word38"), do: 38
  def word("word39"), do: 39
  def word("word40"), do: 40
  def word("word41"), do: 41
  def word("word42"), do: 42
  def word("word43"), do: 43
  def word("word44"), do: 44
  def word("word45"), do: 45
  def word("word46"), do: 46
  def word("word47"), do: 47
  def word("word48"), do: 48
  def word("word49"), do: 49
  def word("word50"), do: 50
  def word("word51"), do: 51
  def word("word52"), do: 52
  def word("word53"), do: 53
  def word("word54"), do: 54
  def word("word55"), do: 55
  def word("word56"), do: 56
  def word("word57"), do: 57
  def word("word58"), do: 58
  def word("word59"), do: 59
  def word("word60"), do: 60
  def word("word61"), do: 61
  def word("word62"), do: 62
  def word("word63"), do: 63
  def word("word64"), do: 64
  def word("word65"), do: 65
  def word("word66"), do: 66
  def word("word67"), do: 67
  def word("word68"), do: 68
  def word("word69"), do: 69
  def word("word70"), do: 70
  def word("word71"), do: 71
  def word("word72"), do: 72
  def word("word73"), do: 73
  def word("word74"), do: 74
  def word("word75"), do: 75
  def word("word76"), do: 76
  def word("word77"), do: 77
  def word("word78"), do: 78
  def word("word79"), do: 79
  def word("word80"), do: 80
  def word("word81"), do: 81
  def word("word82"), do: 82
  def word("word83"), do: 83
  def word("word84"), do: 84
  def word("word85"), do: 85
  def word("word86"), do: 86
  def word("word87"), do: 87
  def word("word88"), do: 88
  def word("word89"), do: 89
  def word("word90"), do: 90
  def word("word91"), do: 91
  def word("word92"), do: 92
  def word("word93"), do: 93
  def word("word94"), do: 94
  def word("word95"), do: 95
  def word("word96"), do: 96
  def word("word97"), do: 97
  def word("word98"), do: 98
  def word("word99"), do: 99
  def word("word100"), do: 100
  def word("word101"), do: 101
  def word("word102"), do: 102
  def word("word103"), do: 103
  def word("word104"), do: 104
  def word("word105"), do: 105
  def word("word106"), do: 106
  def word("word107"), do: 107
  def word("word108"), do: 108
  def word("word109"), do: 109
  def word("word110"), do: 110
  def word("word111"), do: 111
  def word("word112"), do: 112
  def word("word113"), do: 113
  def word("word114"), do: 114
  def word("word115"), do: 115
  def word("word116"), do: 116
  def word("word117"), do: 117
  def word("word118"), do: 118
  def word("word119"), do: 119
  def word("word120"), do: 120
  def word("word121"), do: 121
  def word("word122"), do: 122
  def word("word123"), do: 123
  def word("word124"), do: 124
  def word("word125"), do: 125
  def word("word126"), do: 126
  def word("word127"), do: 127
  def word("word128"), do: 128
  def word("word129"), do: 129
  def word("word130"), do: 130
  def word("word131"), do: 131
  def word("word132"), do: 132
  def word("word133"), do: 133
  def word("word134"), do: 134
  def word("word135"), do: 135
  def word("word136"), do: 136
  def word("word137"), do: 137
  def word("word138"), do: 138
  def word("word139"), do: 139
  def word("word140"), do: 140
  def word("word141"), do: 141
  def word("word142"), do: 142
  def word("word143"), do: 143
  def word("word144"), do: 144
  def word("word145"), do: 145
  def word("word146"), do: 146
  def word("word147"), do: 147
  def word("word148"), do: 148
  def word("word149"), do: 149
  def word("word150"), do: 150
  def word("word151"), do: 151
  def word("word152"), do: 152
  def word("word153"), do: 153
  def word("word154"), do: 154
  def word("word155"), do: 155
  def word("word156"), do: 156
  def word("word157"), do: 157
  def word("word158"), do: 158
  def word("word159"), do: 159
  def word("word160"), do: 160
  def word("word161"), do: 161
  def word("word162"), do: 162
  def word("word163"), do: 163
  def word("word164"), do: 164
  def word("word165"), do: 165
  def word("word166"), do: 166
  def word("word167"), do: 167
  def word("word168"), do: 168
  def word("word169"), do: 169
  def word("word170"), do: 170
  def word("word171"), do: 171
  def word("word172"), do: 172
  def word("word173"), do: 173
  def word("word174"), do: 174
  def word("word175"), do: 175
  def word("word176"), do: 176
  def word("word177"), do: 177
  def word("word178"), do: 178
  def word("word179"), do: 179
  def word("word180"), do: 180
  def word("word181"), do: 181
  def word("word182"), do: 182
  def word("word183"), do: 183
  def word("word184"), do: 184
  def word("word185"), do: 185
  def word("word186"), do: 186
  def word("word187"), do: 187
  def word("word188"), do: 188
  def word("word189"), do: 189
  def word("word190"), do: 190
  def word("word191"), do: 191
  def word("word192"), do: 192
  def word("word193"), do: 193
  def word("word194"), do: 194
  def word("word195"), do: 195
  def word("word196"), do: 196
  def word("word197"), do: 197
  def word("word198"), do: 198
  def word("word199"), do: 199
  def word("word200"), do: 200
  def word("word201"), do: 201
  def word("word202"), do: 202
  def word("word203"), do: 203
  def word("word204"), do: 204
  def word("word205"), do: 205
  def word("word206"), do: 206
  def word("word207"), do: 207
  def word("word208"), do: 208
  def word("word209"), do: 209
  def word("word210"), do: 210
  def word("word211"), do: 211
  def word("word212"), do: 212
  def word("word213"), do: 213
  def word("word214"), do: 214
  def word("word215"), do: 215
  def word("word216"), do: 216
  def word("word217"), do: 217
  def word("word218"), do: 218
  def word("word219"), do: 219
  def word("word220"), do: 220
  def word("word221"), do: 221
  def word("word222"), do: 222
  def word("word223"), do: 223
  def word("word224"), do: 224
  def word("word225"), do: 225
  def word("word226"), do: 226
  def word("word227"), do: 227
  def word("word228"), do: 228
  def word("word229"), do: 229
  def word("word230"), do: 230
  def word("word231"), do: 231
  def word("word232"), do: 232
  def word("word233"), do: 233
  def word("word234"), do: 234
  def word("word235"), do: 235
  def word("word236"), do: 236
  def word("word237"), do: 237
  def word("word238"), do: 238
  def word("word239"), do: 239
  def word("word240"), do: 240
  def word("word241"), do: 241
  def word("word242"), do: 242
  def word("word243"), do: 243
  def word("word244"), do: 244
  def word("word245"), do: 245
  def word("word246"), do: 246
  def word("word247"), do: 247
  def word("word248"), do: 248
  def word("word249"), do: 249
  def word("word250"), do: 250
  def word("word251"), do: 251
  def word("word252"), do: 252
  def word("word253"), do: 253
  def word("word254"), do: 254
  def word("word255"), do: 255
  def word("word256"), do: 256
  def word("word257"), do: 257
  def word("word258"), do: 258
  def word("word259"), do: 259
  def word("word260"), do: 260
  def word("word261"), do: 261
  def word("word262"), do: 262
  def word("word263"), do: 263
  def word("word264"), do: 264
  def word("word265"), do: 265
  def word("word266"), do: 266
  def word("word267"), do: 267
  def word("word268"), do: 268
  def word("word269"), do: 269
  def word("word270"), do: 270
  def word("word271"), do: 271
  def word("word272"), do: 272
  def word("word273"), do: 273
  def word("word274"), do: 274
  def word("word275"), do: 275
  def word("word276"), do: 276
  def word("word277"), do: 277
  def word("word278"), do: 278
  def word("word279"), do: 279
  def word("word280"), do: 280
  def word("word281"), do: 281
  def word("word282"), do: 282
  def word("word283"), do: 283
  def word("word284"), do: 284
  def word("word285"), do: 285
  def word("word286"), do: 286
  def word("word287"), do: 287
  def word("word288"), do: 288
  def word("word289"), do: 289
  def word("word290"), do: 290
  def word("word291"), do: 291
  def word("word292"), do: 292
  def word("word293"), do: 293
  def word("word294"), do: 294
  def word("word295"), do: 295
  def word("word296"), do: 296
  def word("word297"), do: 297
  def word("word298"), do: 298
  def word("word299"), do: 299
  def word(_), do: -1

  def g0(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g1(0, x - y), true <- v > 0 do
          {:ok, v + 0}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 0])}
    end
  end

  def g1(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g2(0, x - y), true <- v > 0 do
          {:ok, v + 1}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 1])}
    end
  end

  def g2(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g3(0, x - y), true <- v > 0 do
          {:ok, v + 2}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 2])}
    end
  end

  def g3(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g4(0, x - y), true <- v > 0 do
          {:ok, v + 3}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 3])}
    end
  end

  def g4(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g5(0, x - y), true <- v > 0 do
          {:ok, v + 4}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 4])}
    end
  end

  def g5(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g6(0, x - y), true <- v > 0 do
          {:ok, v + 5}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 5])}
    end
  end

  def g6(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g7(0, x - y), true <- v > 0 do
          {:ok, v + 6}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 6])}
    end
  end

  def g7(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g8(0, x - y), true <- v > 0 do
          {:ok, v + 7}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 7])}
    end
  end

  def g8(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g9(0, x - y), true <- v > 0 do
          {:ok, v + 8}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 8])}
    end
  end

  def g9(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g10(0, x - y), true <- v > 0 do
          {:ok, v + 9}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 9])}
    end
  end

  def g10(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g11(0, x - y), true <- v > 0 do
          {:ok, v + 10}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 10])}
    end
  end

  def g11(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g12(0, x - y), true <- v > 0 do
          {:ok, v + 11}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 11])}
    end
  end

  def g12(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g13(0, x - y), true <- v > 0 do
          {:ok, v + 12}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 12])}
    end
  end

  def g13(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g14(0, x - y), true <- v > 0 do
          {:ok, v + 13}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 13])}
    end
  end

  def g14(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g15(0, x - y), true <- v > 0 do
          {:ok, v + 14}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 14])}
    end
  end

  def g15(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g16(0, x - y), true <- v > 0 do
          {:ok, v + 15}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 15])}
    end
  end

  def g16(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g17(0, x - y), true <- v > 0 do
          {:ok, v + 16}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 16])}
    end
  end

  def g17(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g18(0, x - y), true <- v > 0 do
          {:ok, v + 17}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 17])}
    end
  end

  def g18(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g19(0, x - y), true <- v > 0 do
          {:ok, v + 18}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 18])}
    end
  end

  def g19(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g20(0, x - y), true <- v > 0 do
          {:ok, v + 19}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 19])}
    end
  end

  def g20(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g21(0, x - y), true <- v > 0 do
          {:ok, v + 20}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 20])}
    end
  end

  def g21(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g22(0, x - y), true <- v > 0 do
          {:ok, v + 21}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 21])}
    end
  end

  def g22(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g23(0, x - y), true <- v > 0 do
          {:ok, v + 22}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 22])}
    end
  end

  def g23(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g24(0, x - y), true <- v > 0 do
          {:ok, v + 23}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 23])}
    end
  end

  def g24(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g25(0, x - y), true <- v > 0 do
          {:ok, v + 24}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 24])}
    end
  end

  def g25(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g26(0, x - y), true <- v > 0 do
          {:ok, v + 25}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 25])}
    end
  end

  def g26(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g27(0, x - y), true <- v > 0 do
          {:ok, v + 26}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 26])}
    end
  end

  def g27(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g28(0, x - y), true <- v > 0 do
          {:ok, v + 27}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 27])}
    end
  end

  def g28(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g29(0, x - y), true <- v > 0 do
          {:ok, v + 28}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 28])}
    end
  end

  def g29(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g30(0, x - y), true <- v > 0 do
          {:ok, v + 29}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 29])}
    end
  end

  def g30(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g31(0, x - y), true <- v > 0 do
          {:ok, v + 30}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 30])}
    end
  end

  def g31(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g32(0, x - y), true <- v > 0 do
          {:ok, v + 31}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 31])}
    end
  end

  def g32(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g33(0, x - y), true <- v > 0 do
          {:ok, v + 32}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 32])}
    end
  end

  def g33(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g34(0, x - y), true <- v > 0 do
          {:ok, v + 33}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 33])}
    end
  end

  def g34(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g35(0, x - y), true <- v > 0 do
          {:ok, v + 34}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 34])}
    end
  end

  def g35(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g36(0, x - y), true <- v > 0 do
          {:ok, v + 35}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 35])}
    end
  end

  def g36(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g37(0, x - y), true <- v > 0 do
          {:ok, v + 36}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 36])}
    end
  end

  def g37(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g38(0, x - y), true <- v > 0 do
          {:ok, v + 37}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 37])}
    end
  end

  def g38(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g39(0, x - y), true <- v > 0 do
          {:ok, v + 38}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 38])}
    end
  end

  def g39(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g40(0, x - y), true <- v > 0 do
          {:ok, v + 39}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 39])}
    end
  end

  def g40(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g41(0, x - y), true <- v > 0 do
          {:ok, v + 40}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 40])}
    end
  end

  def g41(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g42(0, x - y), true <- v > 0 do
          {:ok, v + 41}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 41])}
    end
  end

  def g42(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g43(0, x - y), true <- v > 0 do
          {:ok, v + 42}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 42])}
    end
  end

  def g43(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g44(0, x - y), true <- v > 0 do
          {:ok, v + 43}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 43])}
    end
  end

  def g44(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g45(0, x - y), true <- v > 0 do
          {:ok, v + 44}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 44])}
    end
  end

  def g45(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g46(0, x - y), true <- v > 0 do
          {:ok, v + 45}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 45])}
    end
  end

  def g46(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g47(0, x - y), true <- v > 0 do
          {:ok, v + 46}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 46])}
    end
  end

  def g47(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g48(0, x - y), true <- v > 0 do
          {:ok, v + 47}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 47])}
    end
  end

  def g48(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g49(0, x - y), true <- v > 0 do
          {:ok, v + 48}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 48])}
    end
  end

  def g49(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g50(0, x - y), true <- v > 0 do
          {:ok, v + 49}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 49])}
    end
  end

  def g50(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g51(0, x - y), true <- v > 0 do
          {:ok, v + 50}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 50])}
    end
  end

  def g51(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g52(0, x - y), true <- v > 0 do
          {:ok, v + 51}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 51])}
    end
  end

  def g52(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g53(0, x - y), true <- v > 0 do
          {:ok, v + 52}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 52])}
    end
  end

  def g53(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g54(0, x - y), true <- v > 0 do
          {:ok, v + 53}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 53])}
    end
  end

  def g54(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g55(0, x - y), true <- v > 0 do
          {:ok, v + 54}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 54])}
    end
  end

  def g55(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g56(0, x - y), true <- v > 0 do
          {:ok, v + 55}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 55])}
    end
  end

  def g56(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g57(0, x - y), true <- v > 0 do
          {:ok, v + 56}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 56])}
    end
  end

  def g57(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g58(0, x - y), true <- v > 0 do
          {:ok, v + 57}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 57])}
    end
  end

  def g58(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g59(0, x - y), true <- v > 0 do
          {:ok, v + 58}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 58])}
    end
  end

  def g59(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g60(0, x - y), true <- v > 0 do
          {:ok, v + 59}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 59])}
    end
  end

  def g60(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g61(0, x - y), true <- v > 0 do
          {:ok, v + 60}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 60])}
    end
  end

  def g61(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g62(0, x - y), true <- v > 0 do
          {:ok, v + 61}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 61])}
    end
  end

  def g62(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g63(0, x - y), true <- v > 0 do
          {:ok, v + 62}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 62])}
    end
  end

  def g63(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g64(0, x - y), true <- v > 0 do
          {:ok, v + 63}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 63])}
    end
  end

  def g64(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g65(0, x - y), true <- v > 0 do
          {:ok, v + 64}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 64])}
    end
  end

  def g65(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g66(0, x - y), true <- v > 0 do
          {:ok, v + 65}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 65])}
    end
  end

  def g66(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g67(0, x - y), true <- v > 0 do
          {:ok, v + 66}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 66])}
    end
  end

  def g67(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g68(0, x - y), true <- v > 0 do
          {:ok, v + 67}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 67])}
    end
  end

  def g68(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g69(0, x - y), true <- v > 0 do
          {:ok, v + 68}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 68])}
    end
  end

  def g69(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g70(0, x - y), true <- v > 0 do
          {:ok, v + 69}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 69])}
    end
  end

  def g70(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g71(0, x - y), true <- v > 0 do
          {:ok, v + 70}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 70])}
    end
  end

  def g71(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g72(0, x - y), true <- v > 0 do
          {:ok, v + 71}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 71])}
    end
  end

  def g72(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g73(0, x - y), true <- v > 0 do
          {:ok, v + 72}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 72])}
    end
  end

  def g73(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g74(0, x - y), true <- v > 0 do
          {:ok, v + 73}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 73])}
    end
  end

  def g74(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g75(0, x - y), true <- v > 0 do
          {:ok, v + 74}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 74])}
    end
  end

  def g75(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g76(0, x - y), true <- v > 0 do
          {:ok, v + 75}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 75])}
    end
  end

  def g76(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g77(0, x - y), true <- v > 0 do
          {:ok, v + 76}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 76])}
    end
  end

  def g77(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g78(0, x - y), true <- v > 0 do
          {:ok, v + 77}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 77])}
    end
  end

  def g78(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g79(0, x - y), true <- v > 0 do
          {:ok, v + 78}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 78])}
    end
  end

  def g79(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g80(0, x - y), true <- v > 0 do
          {:ok, v + 79}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 79])}
    end
  end

  def g80(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g81(0, x - y), true <- v > 0 do
          {:ok, v + 80}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 80])}
    end
  end

  def g81(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g82(0, x - y), true <- v > 0 do
          {:ok, v + 81}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 81])}
    end
  end

  def g82(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g83(0, x - y), true <- v > 0 do
          {:ok, v + 82}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 82])}
    end
  end

  def g83(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g84(0, x - y), true <- v > 0 do
          {:ok, v + 83}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 83])}
    end
  end

  def g84(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g85(0, x - y), true <- v > 0 do
          {:ok, v + 84}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 84])}
    end
  end

  def g85(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g86(0, x - y), true <- v > 0 do
          {:ok, v + 85}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 85])}
    end
  end

  def g86(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g87(0, x - y), true <- v > 0 do
          {:ok, v + 86}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 86])}
    end
  end

  def g87(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g88(0, x - y), true <- v > 0 do
          {:ok, v + 87}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 87])}
    end
  end

  def g88(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g89(0, x - y), true <- v > 0 do
          {:ok, v + 88}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 88])}
    end
  end

  def g89(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g90(0, x - y), true <- v > 0 do
          {:ok, v + 89}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 89])}
    end
  end

  def g90(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g91(0, x - y), true <- v > 0 do
          {:ok, v + 90}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 90])}
    end
  end

  def g91(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g92(0, x - y), true <- v > 0 do
          {:ok, v + 91}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 91])}
    end
  end

  def g92(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g93(0, x - y), true <- v > 0 do
          {:ok, v + 92}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 92])}
    end
  end

  def g93(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g94(0, x - y), true <- v > 0 do
          {:ok, v + 93}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 93])}
    end
  end

  def g94(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g95(0, x - y), true <- v > 0 do
          {:ok, v + 94}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 94])}
    end
  end

  def g95(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g96(0, x - y), true <- v > 0 do
          {:ok, v + 95}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 95])}
    end
  end

  def g96(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g97(0, x - y), true <- v > 0 do
          {:ok, v + 96}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 96])}
    end
  end

  def g97(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g98(0, x - y), true <- v > 0 do
          {:ok, v + 97}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 97])}
    end
  end

  def g98(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g99(0, x - y), true <- v > 0 do
          {:ok, v + 98}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 98])}
    end
  end

  def g99(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g100(0, x - y), true <- v > 0 do
          {:ok, v + 99}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 99])}
    end
  end

  def g100(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g101(0, x - y), true <- v > 0 do
          {:ok, v + 100}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 100])}
    end
  end

  def g101(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g102(0, x - y), true <- v > 0 do
          {:ok, v + 101}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 101])}
    end
  end

  def g102(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g103(0, x - y), true <- v > 0 do
          {:ok, v + 102}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 102])}
    end
  end

  def g103(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g104(0, x - y), true <- v > 0 do
          {:ok, v + 103}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 103])}
    end
  end

  def g104(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g105(0, x - y), true <- v > 0 do
          {:ok, v + 104}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 104])}
    end
  end

  def g105(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g106(0, x - y), true <- v > 0 do
          {:ok, v + 105}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 105])}
    end
  end

  def g106(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g107(0, x - y), true <- v > 0 do
          {:ok, v + 106}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 106])}
    end
  end

  def g107(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g108(0, x - y), true <- v > 0 do
          {:ok, v + 107}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 107])}
    end
  end

  def g108(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g109(0, x - y), true <- v > 0 do
          {:ok, v + 108}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 108])}
    end
  end

  def g109(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g110(0, x - y), true <- v > 0 do
          {:ok, v + 109}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 109])}
    end
  end

  def g110(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g111(0, x - y), true <- v > 0 do
          {:ok, v + 110}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 110])}
    end
  end

  def g111(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g112(0, x - y), true <- v > 0 do
          {:ok, v + 111}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 111])}
    end
  end

  def g112(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g113(0, x - y), true <- v > 0 do
          {:ok, v + 112}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 112])}
    end
  end

  def g113(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g114(0, x - y), true <- v > 0 do
          {:ok, v + 113}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 113])}
    end
  end

  def g114(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g115(0, x - y), true <- v > 0 do
          {:ok, v + 114}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 114])}
    end
  end

  def g115(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g116(0, x - y), true <- v > 0 do
          {:ok, v + 115}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 115])}
    end
  end

  def g116(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g117(0, x - y), true <- v > 0 do
          {:ok, v + 116}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 116])}
    end
  end

  def g117(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g118(0, x - y), true <- v > 0 do
          {:ok, v + 117}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 117])}
    end
  end

  def g118(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g119(0, x - y), true <- v > 0 do
          {:ok, v + 118}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 118])}
    end
  end

  def g119(a, b) do
    case {a, b} do
      {0, _} ->
        {:ok, b}

      {_, 0} ->
        {:error, :zero}

      {x, y} when x > y ->
        with {:ok, v} <- g0(0, x - y), true <- v > 0 do
          {:ok, v + 119}
        else
          false -> {:error, :neg}
          other -> other
        end

      {x, y} ->
        {:ok, Enum.sum([x, y, 119])}
    end
  end
end

r =
  Enum.reduce(0..400_000, 0, fn i, acc ->
    {_, v} = Big.f(i, i)
    rem(acc + v, 1_000_003)
  end)

IO.inspect(r)
IO.inspect(Enum.reduce(1..300_000, 0, fn i, acc -> acc + Big.word("word#{rem(i, 400)}") end))
IO.inspect(Enum.frequencies(for i <- 0..119, a <- 0..9, b <- 0..9, do: elem(apply(Big, :"g#{i}", [a, b]), 0)))
