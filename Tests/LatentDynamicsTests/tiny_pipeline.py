"""Records a table from a tiny pipeline with random weights: tiny_pipeline.py FOLDER_OF_RECORDER OUT."""
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

import record_diffusers

torch.manual_seed(0)
unet = UNet2DConditionModel(
    sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(16, 32),
    down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    cross_attention_dim=16, attention_head_dim=8, norm_num_groups=8)
vae = AutoencoderKL(
    block_out_channels=(8,) * 4, down_block_types=("DownEncoderBlock2D",) * 4,
    up_block_types=("UpDecoderBlock2D",) * 4, latent_channels=4, norm_num_groups=8)
text = CLIPTextModel(CLIPTextConfig(
    hidden_size=16, intermediate_size=16, num_attention_heads=2, num_hidden_layers=1, vocab_size=100))
pipe = StableDiffusionPipeline(
    vae=vae, text_encoder=text, tokenizer=None, unet=unet, scheduler=DDIMScheduler(), safety_checker=None,
    feature_extractor=None, requires_safety_checker=False)
pipe.set_progress_bar_config(disable=True)
embeddings = [torch.randn(2, 77, 16) for _ in range(2)]

# The pipeline's own run must be the DDIM that the table's other ways of finishing are sampled with.
table = record_diffusers.grid(20)
noise = torch.randn(1, 4, 8, 8)
last = record_diffusers.main_run(pipe, embeddings[0], noise, table["times"], 2.0)[-1]
own = record_diffusers.Sampler(pipe, embeddings[0], 2.0).ddim(noise.double(), table["times"])
gap = float((last - own).norm() / own.norm())
if gap > 1e-4:
  sys.exit(f"the pipeline and the recorder's DDIM differ by {gap}")

record_diffusers.record(
    pipe, embeddings, sys.argv[2], "sd15", 64, 64, 20, 2.0, 1, True, "tiny pipeline with random weights")
