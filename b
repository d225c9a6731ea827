 mmtui  src ⇄ dst   83 pairs · 0 src only · 2 dst only             sort diff2 ↓
   #  LAYER                OP        DTYPE        diff1    diff2  VERDICT
  38  enc.0.ln2.Pow        pow       f32 → f16      NaN      NaN  overflow
  39  …0.ln2.ReduceMean_1  reduce_…  f32 → f16      NaN      NaN  overflow
  40  enc.0.ln2.Add        add       f32 → f16      NaN      NaN  overflow
  41  enc.0.ln2.Sqrt       sqrt      f32 → f16      NaN      NaN  from #38
  61  enc.1.attn.MatMul    matmul    f32 → f16     1.42     1.44  from #38
  62  enc.1.attn.Mul       mul       f32 → f16     1.42     1.44  from #38
  65  enc.1.attn.out       matmul_…  f32 → f16     1.41     1.37  from #38
  64  enc.1.attn.MatMul_1  matmul    f32 → f16     1.40     1.37  from #38
  81  enc.1.ln2.Mul        mul       f32 → f16     1.29     1.32  from #38
  82  enc.1.ln2.Add_1      add       f32 → f16     1.25     1.29  from #38
  80  enc.1.ln2.Div        div       f32 → f16     1.28     1.29  from #38
  59  enc.1.attn.k         matmul_…  f32 → f16     1.26     1.27  from #38
  55  enc.1.ln1.Div        div       f32 → f16     1.30     1.27  from #38
  56  enc.1.ln1.Mul        mul       f32 → f16     1.31     1.27  from #38
  57  enc.1.ln1.Add_1      add       f32 → f16     1.30     1.26  from #38
  58  enc.1.attn.q         matmul_…  f32 → f16     1.22     1.24  from #38
  68  enc.1.ffn.Linear     matmul_…  f32 → f16     1.22     1.21  from #38
  60  enc.1.attn.v         matmul_…  f32 → f16     1.23     1.21  from #38
 >0.05 ────────────────────────────────!!!██████████████████▇██─█▇███▇██▆▆███─█
 diff2 ▃▄▄▄▄▄▄▄▄▄▅▅▄▄▃▄▄▅▅▄▅▅▅▄▄▄▆▅▅▅▅▅████████████████████████ █████████████ █
 c does nothing here; ? shows the keys.
 Enter open  e next bad  p precision  a suggest  w plan  s sort  ? help  q close
---
.TTTTT..NNNNNNNNN...dddddddddddddddddddddddddddddddddddddddddddddd.TTTTTTTTTTTT
HHHH..HHHHHHHHHHHHHHHHHHH..HHHHHHHH..HHHHHHHHH..HHHHHHH..SSSSSSS..HHHHHHHHHHHHHH
LLddLLlllllllllllllLLLLLLLLlllLLLLLLLlllLlLlllLLLLLLnnnLLLLLLnnnLLnnnnnnnnLLLLLL
dddd..lllllllllllllllllll..llllllll..lllllllll..nnnnnnn..nnnnnnn..nnnnnnnnnnnnnn
dddd..lllllllllllll........llllllll..lllllllll..nnnnnnn..nnnnnnn..nnnnnnnnnnnnnn
dddd..llllllllllllll.......llllllll..lllllllll..nnnnnnn..nnnnnnn..dddddddddddddd
dddd..lllllllllllllllll....llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..llllllllllllll.......llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..llllllllllllll.......llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..lllllllllllllllllll..llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..lllllllllllll........llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..lllllllllllllll......llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..lllllllllllll........llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..llllllllllll.........llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..lllllllllllll........llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..lllllllllllll........llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..lllllllllllllll......llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..llllllllllll.........llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..llllllllllllllll.....llllllll..lllllllll..7777777..7777777..dddddddddddddd
dddd..llllllllllll.........llllllll..lllllllll..7777777..7777777..dddddddddddddd
.xxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx+***********************x*************x*
.xxxxx.________________________________+***********************.*************.*
ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss
fkkkkkfffffffkfffffffffffkffffffffffffkffffffffffkfffffffkfffffffkfffffffkffffff
